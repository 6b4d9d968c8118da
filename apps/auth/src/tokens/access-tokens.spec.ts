import { describe, expect, it } from '@jest/globals';
import type { LiveSession, SessionRecord } from '@holdfast/session-core';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { newPrivateJwk, signingKeyOf } from '../keys/signing-key.js';
import { AccessTokens } from './access-tokens.js';
import { tokenAnswer } from './token-answer.js';

const now = 1_800_000_000_500;
const settings = { issuer: 'http://gateway.test', audience: 'holdfast', accessTokenTtlMs: 300_000 };
const active = signingKeyOf(newPrivateJwk());
const tokens = new AccessTokens({ active }, settings, { now: () => now });
const keySet = createLocalJWKSet({ keys: [{ ...active.publicJwk }] });
const checks = {
  issuer: settings.issuer,
  audience: settings.audience,
  algorithms: ['ES256'],
  typ: 'at+jwt',
  currentDate: new Date(now),
};

function session(expiresAt = now + 43_200_000, record: Partial<SessionRecord> = {}): LiveSession {
  const client = { ip: '127.0.0.1', userAgent: 'spec' };
  const times = { authTimeAt: now - 10_700, createdAt: now - 10_700, expiresAt, idleTimeoutMs: 1_800_000 };
  return {
    state: 'live',
    record: {
      sessionId: 's1',
      userId: 'u1',
      version: 1,
      roles: ['user'],
      acr: 1,
      epoch: 0,
      authzVersion: 0,
      client,
      ...times,
      ...record,
    },
    lastSeenAt: now,
    idleExpiresAt: now + 1_800_000,
  };
}

describe('AccessTokens', () => {
  it('signs what RFC 9068 asks for, and an independent verifier accepts it', async () => {
    const { token, expiresInSeconds } = tokens.forSession(session());
    const { payload } = await jwtVerify(token, keySet, checks);
    expect(payload).toEqual({
      iss: settings.issuer,
      aud: 'holdfast',
      sub: 'u1',
      client_id: 'holdfast-cli',
      sid: 's1',
      jti: expect.any(String),
      iat: 1_800_000_000,
      exp: 1_800_000_300,
      auth_time: 1_799_999_989,
      acr: '1',
      roles: ['user'],
    });
    expect(expiresInSeconds).toBe(300);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: active.kid });
  });

  it('never signs a token that outlives the session', () => {
    expect(tokens.forSession(session(now + 20_000)).expiresInSeconds).toBe(20);
    expect(tokens.forSession(session(now - 20_000)).expiresInSeconds).toBe(0);
  });

  it('says when the user stepped up, and that a browser holds the session', async () => {
    const { payload } = await jwtVerify(tokens.forSession(session()).token, keySet, checks);
    expect(payload).not.toHaveProperty('step_up_time');
    const record = { acr: 2, steppedUpAt: now - 600, cookie: { hash: 'h' } };
    const raised = await jwtVerify(tokens.forSession(session(undefined, record)).token, keySet, checks);
    expect(raised.payload).toMatchObject({
      acr: '2',
      step_up_time: 1_799_999_999,
      client_id: 'holdfast-web',
    });
  });

  it('gives every token an id of its own', async () => {
    const ids = [0, 1].map(() => jwtVerify(tokens.forSession(session()).token, keySet, checks));
    const [first, second] = await Promise.all(ids);
    expect(first?.payload.jti).not.toBe(second?.payload.jti);
  });

  it('signs the token of a program, which has a scope and no session', async () => {
    const { payload } = await jwtVerify(tokens.forService(), keySet, checks);
    expect(payload).toMatchObject({ sub: 'auth', client_id: 'auth', scope: 'internal', exp: 1_800_000_300 });
    expect(payload).not.toHaveProperty('sid');
    const { token, expiresInSeconds } = tokens.forClient('prometheus', 'metrics:read');
    expect(expiresInSeconds).toBe(300);
    expect((await jwtVerify(token, keySet, checks)).payload).toMatchObject({
      sub: 'prometheus',
      client_id: 'prometheus',
      scope: 'metrics:read',
    });
  });
});

describe('tokenAnswer', () => {
  it('is RFC 6749 5.1 with the public session id', () => {
    expect(tokenAnswer(session(), 'r', { token: 'a', expiresInSeconds: 300 })).toEqual({
      access_token: 'a',
      token_type: 'Bearer',
      expires_in: 300,
      refresh_token: 'r',
      refresh_expires_in: 1800,
      sessionId: 's1',
    });
  });
});
