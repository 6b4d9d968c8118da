import { createHash } from 'node:crypto';
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
  redisListenPorts: undefined,
  sentinelPorts: undefined,
  postgresPort: undefined,
};
const secrets = {
  sessionSecret: 'session-secret',
  sealingSecret: 'sealing-secret',
  refreshSecret: 'refresh-secret',
  signingKeySecret: 'signing-key-secret',
  accountSecret: 'account-secret',
  auditSecret: 'audit-secret',
  gatewayClientSecret: 'gateway-client-secret',
  userClientSecret: 'user-client-secret',
  orderClientSecret: 'order-client-secret',
  metricsClientSecret: 'metrics-client-secret',
  postgresPassword: 'postgres-password',
  adminEmail: 'admin@holdfast.example',
  adminPassword: 'admin-password',
};
const source: EnvironmentSource = {
  settings,
  secrets,
  url: 'http://127.0.0.1:8080',
  outbox: '/srv/h/outbox',
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
      SEALING_SECRET: 'sealing-secret',
      DATABASE_URL: 'postgres://x@127.0.0.1/holdfast_order',
      CLIENT_SECRET: 'order-client-secret',
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
    const ofAuth = [
      'REFRESH_SECRET',
      'SIGNING_KEY_SECRET',
      'ACCOUNT_SECRET',
      'AUDIT_SECRET',
      'METRICS_CLIENT_SECRET',
      'ADMIN_PASSWORD',
    ];
    for (const name of [...ofAuth, 'SERVICE_CLIENTS', 'MAIL_OUTBOX_DIR']) {
      expect(secretsOf('auth')).toContain(name);
      for (const app of ['user', 'order', 'gateway'] as const) expect(secretsOf(app)).not.toContain(name);
    }
    expect(secretsOf('gateway')).not.toContain('DATABASE_URL');
  });

  it('gives each service that acts for itself a secret of its own, and auth their hashes only', () => {
    const secretOf = (app: 'gateway' | 'user' | 'order') =>
      appVariables(app, source, {})['CLIENT_SECRET'] ?? '';
    const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url');
    const auth = appVariables('auth', source, {});
    expect(auth['SERVICE_CLIENTS']).toBe(
      (['gateway', 'user', 'order'] as const).map((app) => `${app}:${hashOf(secretOf(app))}`).join(','),
    );
    expect(auth).not.toHaveProperty('CLIENT_SECRET');
    expect(auth['MAIL_OUTBOX_DIR']).toBe('/srv/h/outbox');
  });

  it('passes on what tunes keys, throttling, resets and origins', () => {
    const env = {
      SIGNING_KEY_LEAD_MS: '100',
      SIGNING_KEY_ROTATION_MS: '0',
      THROTTLE_ACCOUNT_FAILURES: '3',
      CEILING_PER_ADDRESS: '0',
      PASSWORD_RESET_TTL_MS: '1000',
      CORS_ORIGINS: 'https://shop.example',
    };
    expect(appVariables('auth', source, env)).toMatchObject(env);
  });

  it.each([
    'SESSION_SECRET',
    'SEALING_SECRET',
    'SEALING_SECRET_PREVIOUS',
    'REFRESH_SECRET',
    'REFRESH_SECRET_PREVIOUS',
    'SIGNING_KEY_SECRET',
    'ACCOUNT_SECRET',
    'AUDIT_SECRET',
    'AUDIT_SECRET_PREVIOUS',
    'CLIENT_SECRET',
    'METRICS_CLIENT_SECRET',
    'SERVICE_CLIENTS',
    'MAIL_OUTBOX_DIR',
    'SMTP_URL',
    'ADMIN_PASSWORD',
  ])('never takes %s from the shell', (name) => {
    const env = { [name]: 'of-another-program' };
    expect(inheritedEnvironment(env)).toEqual({});
    for (const app of ['gateway', 'auth', 'user', 'order'] as const) {
      expect(appVariables(app, source, env)[name]).not.toBe('of-another-program');
    }
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
