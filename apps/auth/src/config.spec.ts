import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

const secret = () => randomBytes(32).toString('base64url');
const good = () => ({
  REDIS_URL: 'redis://127.0.0.1:6379',
  DATABASE_URL: 'postgres://holdfast:secret@127.0.0.1:5432/auth',
  TOKEN_ISSUER: 'http://127.0.0.1:8080',
  SESSION_SECRET: secret(),
  REFRESH_SECRET: secret(),
  SIGNING_KEY_SECRET: secret(),
});

describe('readConfig', () => {
  it('gives an access token 5 minutes and has no administrator by default', () => {
    const config = readConfig(good());
    expect(config).toMatchObject({ ACCESS_TOKEN_TTL_MS: 300_000 });
    expect(config.ADMIN_EMAIL).toBeUndefined();
    expect(Object.isFrozen(config)).toBe(true);
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
});
