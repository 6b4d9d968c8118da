import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, loadConfig } from './config.js';
import { secret, serviceEnvironment } from './environment.js';

const schema = z.object({ ...serviceEnvironment, REFRESH_SECRET: secret('REFRESH_SECRET').optional() });
const good = {
  REDIS_URL: 'redis://127.0.0.1:6379',
  SESSION_SECRET: randomBytes(32).toString('base64url'),
  SEALING_SECRET: randomBytes(32).toString('base64url'),
  TOKEN_ISSUER: 'http://127.0.0.1:8080',
};

const withDatabase = schema.extend({ DATABASE_URL: z.url() });

function faultsOf(environment: Record<string, string | undefined>, of = schema): readonly string[] {
  try {
    loadConfig(of, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('has the defaults of the contract, and cannot be changed', () => {
    const config = loadConfig(schema, good);
    expect(config).toEqual({
      ...good,
      SEALING_SECRET_PREVIOUS: [],
      OTEL_TRACES_SAMPLER_ARG: 1,
      HOST: '127.0.0.1',
      PORT: 0,
      INSTANCE_WEIGHT: 1,
      BALANCER_POLICY: { byDefault: 'p2c-ewma', byService: new Map() },
      DISCOVERY: { kind: 'registry' },
      LOG_LEVEL: 'info',
      REDIS_MASTER_NAME: 'holdfast',
      SESSION_STRATEGY: 'hybrid',
      SESSION_DURABILITY: 'replicated',
      SESSION_IDLE_TIMEOUT_MS: 1_800_000,
      SESSION_ABSOLUTE_TIMEOUT_MS: 43_200_000,
      SESSION_REMEMBER_ME_TIMEOUT_MS: 2_592_000_000,
      SESSION_REMEMBER_ME_IDLE_TIMEOUT_MS: 1_800_000,
      SESSION_GUEST_TIMEOUT_MS: 604_800_000,
      SESSION_GUEST_IDLE_TIMEOUT_MS: 1_800_000,
      SESSION_REFRESH_WINDOW_MS: 30_000,
      SESSION_LIMIT_PER_USER: 100,
      TOKEN_AUDIENCE: 'holdfast',
      DRAIN_DEADLINE_MS: 10_000,
      AUDIT_STREAM_LENGTH: 50_000,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('names the balancing policies and the forms of discovery where it knows none of that name', () => {
    const [policy, discovery] = faultsOf({ ...good, BALANCER_POLICY: 'order=fastest', DISCOVERY: 'consul' });
    expect(policy).toBe(
      'BALANCER_POLICY: "fastest" is no balancing policy; ' +
        'there is: round-robin, weighted, least-request, p2c, p2c-ewma, rendezvous',
    );
    expect(discovery).toMatch(
      /^DISCOVERY: "consul" is no discovery; there is: registry, static:\S+, dns:\S+$/,
    );
  });

  it('reports all faults together', () => {
    const faults = faultsOf({
      PORT: '70000',
      LOG_LEVEL: 'loud',
      SESSION_STRATEGY: 'sticky',
      TOKEN_ISSUER: 'nowhere',
    });
    expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual(
      [
        'LOG_LEVEL',
        'PORT',
        'REDIS_URL',
        'SEALING_SECRET',
        'SESSION_SECRET',
        'SESSION_STRATEGY',
        'TOKEN_ISSUER',
      ].sort(),
    );
  });

  it('shows no value of a secret', () => {
    const faults = faultsOf({
      ...good,
      SESSION_SECRET: 'hunter2',
      REFRESH_SECRET: 'hunter3',
      REDIS_URL: 'http://u:hunter4@h',
    });
    expect(faults).toHaveLength(3);
    expect(faults.join()).not.toMatch(/hunter/);
  });

  it('refuses a secret that somebody made up, without showing it', () => {
    const made = 'MyS3cr3t-Xyz'.repeat(4);
    const faults = faultsOf({ ...good, SESSION_SECRET: made, CLIENT_SECRET: 'a'.repeat(43) });
    expect(faults).toEqual([
      'SESSION_SECRET: is a pattern: it must be 32 random bytes or more in base64url',
      'CLIENT_SECRET: has too few different characters: it must be 32 random bytes or more in base64url',
    ]);
  });

  it('refuses one value for two secrets, without showing it', () => {
    const value = good.SESSION_SECRET;
    const faults = faultsOf({ ...good, CLIENT_SECRET: value, REFRESH_SECRET: value });
    expect(faults).toHaveLength(2);
    expect(faults.join()).toMatch(/(SESSION|CLIENT|REFRESH)_SECRET: repeats \w+_SECRET: each secret/);
    expect(faults.join()).not.toContain(value);
  });

  it('refuses a password of Redis that everybody tries first; an empty one is none', () => {
    for (const password of ['redis', 'changeme', 'Password1']) {
      expect(faultsOf({ ...good, REDIS_PASSWORD: password })).toEqual([
        'REDIS_PASSWORD: is one that everybody tries first: make a random one',
      ]);
    }
    expect(loadConfig(schema, { ...good, REDIS_PASSWORD: '' }).REDIS_PASSWORD).toBeUndefined();
  });

  it.each(['0.0.0.0', '::', '10.0.0.7', 'auth.internal'])(
    'refuses default passwords in addresses where it listens on %s, and shows none',
    (host) => {
      const servers = { REDIS_URL: 'redis://:foobared@cache', DATABASE_URL: 'postgres://a:postgres@db/x' };
      const [faulty, own] = [
        { ...good, ...servers, HOST: host },
        { DATABASE_URL: 'postgres://a:x7Kq9@db/x' },
      ];
      const faults = faultsOf(faulty, withDatabase);
      expect(faults.map((fault) => fault.split(':')[0])).toEqual(['DATABASE_URL', 'REDIS_URL']);
      expect(faults.join()).not.toMatch(/foobared|postgres/);
      expect(faultsOf({ ...faulty, ...own, REDIS_URL: 'redis://cache' }, withDatabase)).toEqual([]);
    },
  );

  it.each(['', '127.0.0.1', 'localhost', '::1'])(
    'takes what a developer’s or a pipeline’s servers have where it listens on %j',
    (host) => {
      const servers = {
        REDIS_URL: 'redis://:redis@cache',
        DATABASE_URL: 'postgres://postgres:postgres@db/x',
      };
      expect(faultsOf({ ...good, ...servers, HOST: host }, withDatabase)).toEqual([]);
    },
  );

  it('takes an empty variable for an absent one', () => {
    expect(loadConfig(schema, { ...good, PORT: '', INSTANCE_ID: '' })).toMatchObject({ PORT: 0 });
    expect(faultsOf({ ...good, SESSION_SECRET: '' })).toHaveLength(1);
  });

  it('reads a list of sentinels', () => {
    const { REDIS_URL: _url, ...rest } = good;
    const config = loadConfig(schema, { ...rest, REDIS_SENTINELS: 'a:26379,10.0.0.2:26380' });
    expect(config.REDIS_SENTINELS).toEqual([
      { host: 'a', port: 26379 },
      { host: '10.0.0.2', port: 26380 },
    ]);
    expect(faultsOf({ ...rest, REDIS_SENTINELS: 'a;b' })).toHaveLength(1);
  });

  it.each([
    'http://h/base',
    'http://h/',
    'http://h?x',
    'http://h#x',
    'http://u:p@h',
    'ftp://h',
    'h',
    'http:h/x',
  ])('takes no issuer that is more than an origin: %s', (issuer) => {
    expect(faultsOf({ ...good, TOKEN_ISSUER: issuer })).toHaveLength(1);
  });

  it.each(['http://127.0.0.1:8080', 'https://api.example.org', 'http://[::1]:80'])(
    'takes the issuer %s',
    (issuer) => {
      expect(loadConfig(schema, { ...good, TOKEN_ISSUER: issuer }).TOKEN_ISSUER).toBe(issuer);
    },
  );

  it.each(['PORT', 'SESSION_LIMIT_PER_USER', 'SESSION_IDLE_TIMEOUT_MS'])(
    'takes no nonsense for the number %s',
    (name) => {
      for (const value of ['x', '1.5', '-1', 'Infinity', '1e99'])
        expect(faultsOf({ ...good, [name]: value })).toHaveLength(1);
    },
  );

  it.each(['a b', '../x', 'x'.repeat(65), 'ä'])('refuses the instance id %j', (id) => {
    expect(faultsOf({ ...good, INSTANCE_ID: id })).toHaveLength(1);
  });
});
