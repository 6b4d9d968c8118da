import { createLogger } from '@holdfast/service-defaults';
import type { AccessTokenClaims } from '@holdfast/session-nest';
import { describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { BlockList } from 'node:net';
import { carriedData } from './carried-data.js';
import { CookieExchange } from './cookie-exchange.js';
import { CredentialGate, type Verdict } from './credential-gate.js';
import { RequestOrigin } from './request-origin.js';
import { SealedCookies } from './sealed-cookies.js';

const COOKIE = `eyJhIjoxfQ..${'i'.repeat(16)}.text.${'t'.repeat(21)}A`;
const DATA = 'sealed~data';
const NOW = 1_800_000_000_000;
const lifetime = { createdAt: NOW, expiresAt: NOW + 43_200_000, epoch: 0, rememberMe: false };
const claims: AccessTokenClaims = {
  kind: 'session',
  userId: 'u1',
  sessionId: 's1',
  tokenId: 't1',
  clientId: 'holdfast-web',
  roles: ['user'],
  acr: 1,
  authTimeAt: NOW,
  expiresAt: NOW + 300_000,
  lifetime,
};

/** A gate whose auth knows one cookie; counts how often it is asked. */
function gateOf({
  knows = COOKIE,
  status = 200,
}: { readonly knows?: string; readonly status?: number } = {}) {
  const asked: string[] = [];
  const clock = { now: () => NOW };
  const request = async (_service: string, { body = '' }: { readonly body?: unknown }) => {
    const { cookie } = JSON.parse(String(body)) as { cookie: string };
    asked.push(cookie);
    const expiresAt = new Date(NOW + 300_000).toISOString();
    const answer = { accessToken: 'token', expiresAt, sessionId: 's1', version: 1 };
    const code = status === 200 && cookie !== knows ? 401 : status;
    return { status: code, text: async () => JSON.stringify(answer) };
  };
  const exchange = new CookieExchange({ request } as never, clock);
  const verifier = { verify: async (token: string) => (token === 'token' ? claims : undefined) };
  const gate = new CredentialGate({
    sessions: new SealedCookies(exchange, verifier),
    exchange,
    origin: new RequestOrigin({
      issuer: 'http://gateway.test',
      crossOrigins: new Set(),
      trustedProxies: new BlockList(),
    }),
    logger: createLogger({ service: 'gateway', instance: 'spec', level: 'silent' }),
    dataOf: carriedData,
  });
  const admit = async (
    headers: Record<string, string>,
    use: 'required' | 'optional' = 'required',
  ): Promise<Verdict> => {
    const rawHeaders = Object.entries(headers).flat();
    const sent = { method: 'GET', url: '/cart', headers, rawHeaders } as unknown as IncomingMessage;
    return gate.admit({ request: sent, requestId: 'r1', use: () => use });
  };
  return { admit, asked };
}

const cookies = (value: string) => ({ cookie: `__Host-session=${value}; __Host-session-data=${DATA}` });

describe('a cookie that holds its session itself', () => {
  it('is swapped by auth once for as long as the token is used, and its data comes along', async () => {
    const { admit, asked } = gateOf();
    for (const _time of [1, 2, 3]) {
      const verdict = await admit(cookies(COOKIE));
      expect(verdict).toMatchObject({ authorization: 'Bearer token', cutsCookie: true, sessionData: DATA });
    }
    expect(asked).toEqual([COOKIE]);
  });

  it('G16: is asked for nowhere if it has not the shape of one', async () => {
    const { admit, asked } = gateOf();
    for (const value of ['nonsense', 'a.b.c', `${COOKIE}.x`, 'A'.repeat(108), `${'a'.repeat(3_000)}`]) {
      expect(await admit(cookies(value))).toMatchObject({ refusal: { code: 'ERR_UNAUTHENTICATED' } });
    }
    expect(asked).toEqual([]);
  });

  it('is refused and cleared if auth does not know it, and ignored where anybody may come', async () => {
    const { admit } = gateOf({ knows: 'another' });
    const { refusal } = (await admit(cookies(COOKIE))) as { refusal: { code: string; headers: string[] } };
    expect(refusal.code).toBe('ERR_UNAUTHENTICATED');
    expect(refusal.headers.join()).toMatch(/__Host-session=;.*Max-Age=0/);
    expect(await admit(cookies(COOKIE), 'optional')).toEqual({ cutsCookie: true, clearsCookie: true });
  });

  it('is kept, and answered 503, while auth cannot be asked', async () => {
    const { admit } = gateOf({ status: 503 });
    const { refusal } = (await admit(cookies(COOKIE))) as { refusal: { code: string; headers?: string[] } };
    expect(refusal.code).toBe('ERR_UPSTREAM_UNAVAILABLE');
    expect(refusal.headers).toBeUndefined();
  });

  it('leaves the data of bearer clients as they send it', async () => {
    const { admit, asked } = gateOf();
    const headers = { authorization: 'Bearer own', 'x-session-data': DATA };
    expect(await admit(headers)).toEqual({ sessionData: DATA });
    expect(asked).toEqual([]);
  });
});
