import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

const random = () => randomBytes(32).toString('base64url');

function read(changes: Record<string, string | undefined> = {}) {
  return readConfig({
    REDIS_URL: 'redis://127.0.0.1:6379',
    SESSION_SECRET: random(),
    SEALING_SECRET: random(),
    CLIENT_SECRET: random(),
    TOKEN_ISSUER: 'https://gateway.test',
    ...changes,
  });
}

describe('the configuration of the gateway', () => {
  it('has CORS off by default, and trusts no proxy', () => {
    const config = read();
    expect(config.CORS_ORIGINS.size).toBe(0);
    expect(config.TRUSTED_PROXIES.check('127.0.0.1')).toBe(false);
    expect(config.PORT).toBe(8080);
  });

  it('does not start without a secret of its own', () => {
    expect(() => read({ CLIENT_SECRET: undefined })).toThrow(/CLIENT_SECRET/);
    expect(() => read({ CLIENT_SECRET: 'a'.repeat(43) })).toThrow(/CLIENT_SECRET/);
  });

  it('takes origins exactly as browsers write them', () => {
    const { CORS_ORIGINS } = read({ CORS_ORIGINS: 'https://app.example.org, http://localhost:5173' });
    expect([...CORS_ORIGINS]).toEqual(['https://app.example.org', 'http://localhost:5173']);
  });

  it.each([
    '*',
    'null',
    'app.example.org',
    'https://app.example.org/',
    'https://*.example.org',
    'https://app.example.org:443',
    'HTTPS://app.example.org',
    'https://user@app.example.org',
    'file:///app',
    'https://app.example.org,',
  ])('refuses the origin %j and says which it is', (origin) => {
    expect(() => read({ CORS_ORIGINS: origin })).toThrow(/CORS_ORIGINS: ".*" is not an origin/);
  });
});
