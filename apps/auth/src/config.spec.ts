import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

const secret = () => randomBytes(32).toString('base64url');
const good = () => ({
  REDIS_URL: 'redis://127.0.0.1:6379',
  DATABASE_URL: 'postgres://holdfast:secret@127.0.0.1:5432/auth',
  TOKEN_ISSUER: 'http://127.0.0.1:8080',
  SESSION_SECRET: secret(),
  SEALING_SECRET: secret(),
  REFRESH_SECRET: secret(),
  SIGNING_KEY_SECRET: secret(),
  ACCOUNT_SECRET: secret(),
  AUDIT_SECRET: secret(),
  SERVICE_CLIENTS: `gateway:${secret()},user:${secret()}`,
  MAIL_OUTBOX_DIR: '/tmp/outbox',
});

const without = (name: string) => ({ ...good(), [name]: '' });

describe('readConfig', () => {
  it('gives an access token 5 minutes and has no administrator by default', () => {
    const config = readConfig(good());
    expect(config).toMatchObject({ ACCESS_TOKEN_TTL_MS: 300_000 });
    expect(config.ADMIN_EMAIL).toBeUndefined();
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('has the defaults of the contract', () => {
    expect(readConfig(good())).toMatchObject({
      REFRESH_SECRET_PREVIOUS: [],
      SIGNING_KEY_LEAD_MS: 35_000,
      SIGNING_KEY_ROTATION_MS: 30 * 86_400_000,
      PASSWORD_RESET_TTL_MS: 1_800_000,
      THROTTLE_ACCOUNT_FAILURES: 5,
      THROTTLE_ADDRESS_FAILURES: 50,
      THROTTLE_WINDOW_MS: 900_000,
      CEILING_PER_ADDRESS: 100,
    });
  });

  it('reads the service clients, each once and with a hash', () => {
    const [hash, other] = [secret(), secret()];
    const clients = (list: string) => readConfig({ ...good(), SERVICE_CLIENTS: list }).SERVICE_CLIENTS;
    expect([...clients(`gateway:${hash},order:${other}`)]).toEqual([
      ['gateway', hash],
      ['order', other],
    ]);
    for (const list of ['gateway', 'gateway:short', `gateway:${hash},`, `Gateway:${hash}`]) {
      expect(() => clients(list)).toThrow(/SERVICE_CLIENTS: must be name:hash/);
    }
    expect(() => clients(`user:${hash},user:${other}`)).toThrow(/SERVICE_CLIENTS: names a client twice/);
    expect(() => clients(`user:${hash},order:${hash}`)).toThrow(
      /SERVICE_CLIENTS: has one hash for two clients/,
    );
    expect(() => readConfig(without('SERVICE_CLIENTS'))).toThrow(/SERVICE_CLIENTS: is missing/);
  });

  it('has a client of metrics if it has a secret, which is no service’s', () => {
    expect(readConfig(good()).METRICS_CLIENT_SECRET).toBeUndefined();
    const own = secret();
    const config = (list: string) =>
      readConfig({ ...good(), METRICS_CLIENT_SECRET: own, SERVICE_CLIENTS: list });
    expect(config(`user:${secret()}`).METRICS_CLIENT_SECRET).toBe(own);
    expect(() => config(`prometheus:${secret()}`)).toThrow(/SERVICE_CLIENTS: names prometheus/);
    const hash = createHash('sha256').update(own).digest('base64url');
    expect(() => config(`user:${hash}`)).toThrow(/METRICS_CLIENT_SECRET: is also that of a service/);
  });

  it('reads older refresh secrets and shows none of them', () => {
    const older = [secret(), secret()];
    const read = (list: string) => readConfig({ ...good(), REFRESH_SECRET_PREVIOUS: list });
    expect(read(older.join()).REFRESH_SECRET_PREVIOUS).toEqual(older);
    expect(() => read(`${secret()},weak-one`)).toThrow(/REFRESH_SECRET_PREVIOUS/);
    expect(() => read(`${secret()},weak-one`)).not.toThrow(/weak-one/);
  });

  it('refuses an older refresh secret that is the current one, or another secret', () => {
    const environment = good();
    for (const repeated of [environment.REFRESH_SECRET, environment.ACCOUNT_SECRET]) {
      const read = () => readConfig({ ...environment, REFRESH_SECRET_PREVIOUS: `${secret()},${repeated}` });
      expect(read).toThrow(/REFRESH_SECRET_PREVIOUS: repeats (REFRESH|ACCOUNT)_SECRET/);
      expect(read).not.toThrow(repeated);
    }
  });

  it.each(['SESSION_SECRET', 'SEALING_SECRET', 'REFRESH_SECRET', 'SIGNING_KEY_SECRET', 'ACCOUNT_SECRET'])(
    'refuses one value for %s and for the secret of its client',
    (name) => {
      const environment: Record<string, string> = good();
      const read = () => readConfig({ ...environment, CLIENT_SECRET: environment[name] });
      expect(read).toThrow(/CLIENT_SECRET: repeats|_SECRET: repeats CLIENT_SECRET/);
      expect(read).not.toThrow(environment[name]);
    },
  );

  it('sends mail to one place', () => {
    const smtp = { SMTP_URL: 'smtps://user:word@mail.example' };
    expect(readConfig({ ...without('MAIL_OUTBOX_DIR'), ...smtp }).SMTP_URL).toBe(smtp.SMTP_URL);
    for (const environment of [without('MAIL_OUTBOX_DIR'), { ...good(), ...smtp }]) {
      expect(() => readConfig(environment)).toThrow(/SMTP_URL: or MAIL_OUTBOX_DIR: set one of the two/);
    }
  });

  it('links traces to a page that is told which one, and to nothing but a page', () => {
    const read = (url: string) => readConfig({ ...good(), TRACE_URL: url }).TRACE_URL;
    const url = 'https://tempo.example.org/trace/{traceId}';
    expect(read(url)).toBe(url);
    expect(read('')).toBeUndefined();
    for (const bad of ['https://tempo.example.org/', 'javascript:alert("{traceId}")', '{traceId}']) {
      expect(() => read(bad)).toThrow(/TRACE_URL/);
    }
  });

  it('rotates keys by hand only, or no faster than they can be published', () => {
    const rotation = (age: string) => readConfig({ ...good(), SIGNING_KEY_ROTATION_MS: age });
    expect(rotation('0').SIGNING_KEY_ROTATION_MS).toBe(0);
    expect(() => rotation('69999')).toThrow(/SIGNING_KEY_ROTATION_MS: must be 0, or twice/);
  });

  it('reports all faults together and shows no secret', () => {
    const faulty = {
      ...good(),
      REFRESH_SECRET: 'tooshort-value',
      ADMIN_PASSWORD: 'also-short',
      DATABASE_URL: '',
    };
    const read = () => readConfig(faulty);
    for (const name of ['REFRESH_SECRET', 'ADMIN_PASSWORD', 'ADMIN_EMAIL', 'DATABASE_URL']) {
      expect(read).toThrow(new RegExp(name));
    }
    expect(read).not.toThrow(/tooshort-value|also-short/);
  });

  it('lower-cases the administrator and wants both parts', () => {
    const admin = { ADMIN_EMAIL: 'Admin@Holdfast.local', ADMIN_PASSWORD: 'a long enough one' };
    expect(readConfig({ ...good(), ...admin })).toMatchObject({ ADMIN_EMAIL: 'admin@holdfast.local' });
    expect(() => readConfig({ ...good(), ADMIN_EMAIL: 'admin@holdfast.local' })).toThrow(
      /set both or neither/,
    );
  });
  it.each([
    'changemechangeme',
    'aaaaaaaaaaaa',
    'password1234',
    'ops@example.test',
    'ops@example.test!',
    'holdfast-2026!x',
  ])(
    'refuses %j as the password of ops@example.test, with all other faults, and does not show it',
    (password) => {
      const environment = { ...without('DATABASE_URL'), ADMIN_EMAIL: 'ops@example.test' };
      const read = () => readConfig({ ...environment, ADMIN_PASSWORD: password });
      expect(read).toThrow(/DATABASE_URL.*ADMIN_PASSWORD: is refused as at registration/s);
      expect(read).not.toThrow(password);
    },
  );
});
