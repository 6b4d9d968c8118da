import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

const secret = () => randomBytes(32).toString('base64url');
const environment = {
  DATABASE_URL: 'postgres://127.0.0.1/order',
  REDIS_URL: 'redis://127.0.0.1',
  SESSION_SECRET: secret(),
  SEALING_SECRET: secret(),
  TOKEN_ISSUER: 'http://127.0.0.1:8080',
};

describe('the configuration of the order service', () => {
  it('asks for a client secret only where carts are written by auth', () => {
    expect(readConfig(environment).SESSION_STRATEGY).toBe('hybrid');
    const carried = { ...environment, SESSION_STRATEGY: 'token' };
    expect(() => readConfig(carried)).toThrow(/CLIENT_SECRET: is missing.*SESSION_STRATEGY=token/);
    expect(readConfig({ ...carried, CLIENT_SECRET: secret() }).SESSION_STRATEGY).toBe('token');
  });

  it('reports that together with everything else', () => {
    const faulty = { ...environment, SESSION_STRATEGY: 'token', PORT: 'x' };
    expect(() => readConfig(faulty)).toThrow(/PORT[^]*CLIENT_SECRET|CLIENT_SECRET[^]*PORT/);
  });
});
