import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import {
  appVariables,
  envFileText,
  inheritedEnvironment,
  type EnvironmentSource,
} from './app-environment.js';

const settings = {
  home: '/srv/h',
  gatewayPort: 8080,
  gatewayWorkers: 2,
  restartDelayMs: 1_000,
  minimal: false,
  strategy: undefined,
  redisPorts: undefined,
  sentinelPorts: undefined,
  postgresPort: undefined,
};
const secrets = {
  sessionSecret: 'session-secret',
  refreshSecret: 'refresh-secret',
  signingKeySecret: 'signing-key-secret',
  postgresPassword: 'postgres-password',
  adminEmail: 'admin@holdfast.example',
  adminPassword: 'admin-password',
};
const source: EnvironmentSource = {
  settings,
  secrets,
  url: 'http://127.0.0.1:8080',
  redis: { sentinelPorts: [7004, 7005, 7006] },
  databaseUrl: (app) => `postgres://x@127.0.0.1/holdfast_${app}`,
};

describe('an app’s environment', () => {
  it('leads to the primary through the Sentinels, and wants writes replicated', () => {
    expect(appVariables('order', source, {})).toEqual({
      HOST: '127.0.0.1',
      TOKEN_ISSUER: 'http://127.0.0.1:8080',
      SESSION_DURABILITY: 'replicated',
      REDIS_SENTINELS: '127.0.0.1:7004,127.0.0.1:7005,127.0.0.1:7006',
      REDIS_MASTER_NAME: 'holdfast',
      SESSION_SECRET: 'session-secret',
      DATABASE_URL: 'postgres://x@127.0.0.1/holdfast_order',
    });
  });

  it('says that a single Redis has no second copy', () => {
    const single = { ...source, redis: { url: 'redis://127.0.0.1:7001' } };
    expect(appVariables('user', single, {})).toMatchObject({
      REDIS_URL: 'redis://127.0.0.1:7001',
      SESSION_DURABILITY: 'local',
    });
  });

  it('gives auth’s secrets to auth alone', () => {
    const secretsOf = (app: 'auth' | 'user' | 'order' | 'gateway') =>
      Object.keys(appVariables(app, source, {}));
    for (const name of ['REFRESH_SECRET', 'SIGNING_KEY_SECRET', 'ADMIN_PASSWORD']) {
      expect(secretsOf('auth')).toContain(name);
      for (const app of ['user', 'order', 'gateway'] as const) expect(secretsOf(app)).not.toContain(name);
    }
    expect(secretsOf('gateway')).not.toContain('DATABASE_URL');
  });

  it('takes what a reader tunes, and no secret or address of another program', () => {
    const env = {
      SESSION_IDLE_TIMEOUT_MS: '5000',
      LOG_LEVEL: 'debug',
      SESSION_SECRET: 'x',
      DATABASE_URL: 'y',
      PORT: '3000',
    };
    const variables = appVariables('order', source, env);
    expect(variables).toMatchObject({ SESSION_IDLE_TIMEOUT_MS: '5000', LOG_LEVEL: 'debug' });
    expect(variables['SESSION_SECRET']).toBe('session-secret');
    expect(inheritedEnvironment({ ...env, PATH: '/bin' })).toEqual({
      SESSION_IDLE_TIMEOUT_MS: '5000',
      LOG_LEVEL: 'debug',
      PATH: '/bin',
    });
  });

  it('passes the strategy of the command line on', () => {
    const chosen = { ...source, settings: { ...settings, strategy: 'store' } };
    expect(appVariables('user', chosen, { SESSION_STRATEGY: 'token' })['SESSION_STRATEGY']).toBe('store');
  });

  it('is read back unchanged from its file', () => {
    const variables = {
      PLAIN: 'postgres://postgres:a-b_c@127.0.0.1:7007/holdfast_auth',
      HASH: 'before # after',
      QUOTES: `say "it's"`,
      SPACES: '  two  ',
      EMPTY: '',
    };
    expect(parseEnv(envFileText(variables))).toEqual(variables);
  });
});
