import { randomBytes } from 'node:crypto';
import type { Answer } from '@holdfast/service-testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { AuthServiceUnderTest, issuer, type Tokens } from '../testing/auth-service.js';

let service: AuthServiceUnderTest;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 14);
});
afterAll(() => service.stop());

const client = { client_id: 'holdfast-cli' };
const signIn = async () => service.signIn(await service.register());
const session = ({ access_token: token }: Tokens) => service.call('GET', '/auth/session', { token });
const isOAuthError = (answer: Answer, status: number, error: string) => {
  expect(answer).toMatchObject({ status, body: { error, error_description: expect.any(String) } });
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(answer.headers.get('cache-control')).toBe('no-store');
};

describe('POST /oauth/token', () => {
  it('rotates: new tokens of the same session, by RFC 6749 5.1', async () => {
    const tokens = await signIn();
    const answer = await service.refresh(tokens.refresh_token);
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 300 } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('pragma')).toBe('no-cache');
    expect(answer.body['sessionId']).toBe(tokens.sessionId);
    expect(answer.body['refresh_token']).not.toBe(tokens.refresh_token);
    const [before, after] = [tokens.access_token, String(answer.body['access_token'])].map(decodeJwt);
    expect(after).toMatchObject({ sub: before?.sub, sid: before?.['sid'], auth_time: before?.['auth_time'] });
    expect(after?.jti).not.toBe(before?.jti);
  });

  it('G11: gives parallel and repeated refreshes on both instances the same successor', async () => {
    const tokens = await signIn();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => service.refresh(tokens.refresh_token, n % 2)),
    );
    answers.push(await service.refresh(tokens.refresh_token));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(new Set(answers.map(({ body }) => body['refresh_token'])).size).toBe(1);
    expect((await session(tokens)).status).toBe(200);
  });

  it('G11: takes an older token for theft and ends the session', async () => {
    const tokens = await signIn();
    const second = await service.refresh(tokens.refresh_token);
    const third = await service.refresh(String(second.body['refresh_token']));
    const theft = await service.refresh(tokens.refresh_token, 1);
    isOAuthError(theft, 400, 'invalid_grant');
    expect(theft.body).toMatchObject({ endedBecause: 'token-reuse', endedAt: expect.any(String) });
    isOAuthError(await service.refresh(String(third.body['refresh_token'])), 400, 'invalid_grant');
    expect((await session(tokens)).body).toMatchObject({
      code: 'ERR_SESSION_ENDED',
      endedBecause: 'token-reuse',
    });
  });

  it('G11: warns the operator of a theft once, by the id of the session and without a token', async () => {
    const tokens = await signIn();
    const second = await service.refresh(tokens.refresh_token);
    const third = await service.refresh(String(second.body['refresh_token']));
    const warnings = () => service.log.filter((line) => line.includes(tokens.sessionId));
    expect(warnings()).toEqual([]);
    await service.refresh(tokens.refresh_token);
    await service.refresh(tokens.refresh_token, 1);
    expect(warnings().map((line): unknown => JSON.parse(line))).toMatchObject([
      { level: 'warn', because: 'token-reuse', sessionIds: [tokens.sessionId], msg: expect.any(String) },
    ]);
    for (const answer of [tokens, second.body, third.body])
      expect(service.log.join()).not.toContain(String((answer as Tokens).refresh_token));
  });

  it('G16: refuses a forged token and ends nothing', async () => {
    const tokens = await signIn();
    const bytes = Buffer.from(tokens.refresh_token, 'base64url');
    const forgeries = [0, 1, 20, 40, 60, 80, bytes.length - 1].map((place) => {
      const forged = Buffer.from(bytes);
      forged[place] = (forged[place] ?? 0) ^ 1;
      return forged.toString('base64url');
    });
    forgeries.push('x', tokens.access_token, tokens.sessionId, randomBytes(105).toString('base64url'));
    for (const forged of forgeries) isOAuthError(await service.refresh(forged), 400, 'invalid_grant');
    expect((await session(tokens)).status).toBe(200);
    expect((await service.refresh(tokens.refresh_token)).status).toBe(200);
  });

  const grant = { ...client, grant_type: 'refresh_token', refresh_token: 'x' };
  it.each([
    ['no grant type', { ...client, refresh_token: 'x' }, 400, 'invalid_request'],
    ['another grant type', { ...client, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['no refresh token', { ...client, grant_type: 'refresh_token' }, 400, 'invalid_request'],
    ['an empty refresh token', { ...grant, refresh_token: '' }, 400, 'invalid_request'],
    ['no client', { grant_type: 'refresh_token', refresh_token: 'x' }, 400, 'invalid_request'],
    ['an unknown client', { ...grant, client_id: 'evil' }, 401, 'invalid_client'],
  ])('answers %s by RFC 6749 5.2', async (_what, form: Record<string, string>, status, error) => {
    const answer = await service.form('/oauth/token', form);
    isOAuthError(answer, status, error);
    if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
  });

  it('refuses a parameter that comes twice, JSON, and a client that authenticates', async () => {
    const twice = new URLSearchParams([...Object.entries(grant), ['refresh_token', 'y']]);
    isOAuthError(await service.call('POST', '/oauth/token', { body: twice }), 400, 'invalid_request');
    isOAuthError(await service.call('POST', '/oauth/token', { body: grant }), 400, 'invalid_request');
    isOAuthError(await service.call('POST', '/oauth/token'), 400, 'invalid_request');
    isOAuthError(await service.call('POST', '/oauth/token', { body: '{' }), 400, 'invalid_request');
    const xml = { body: '<a/>', headers: { 'content-type': 'text/xml' } };
    isOAuthError(await service.call('POST', '/oauth/token', xml), 400, 'invalid_request');
    isOAuthError(
      await service.form('/oauth/token', { ...grant, ['__proto__']: 'x' }),
      400,
      'invalid_request',
    );
    const headers = { authorization: 'Basic aG9sZGZhc3QtY2xpOg==' };
    const body = new URLSearchParams(grant);
    isOAuthError(await service.call('POST', '/oauth/token', { body, headers }), 401, 'invalid_client');
  });
});

describe('an unknown parameter', () => {
  it('is ignored', async () => {
    const { refresh_token: refreshToken } = await signIn();
    const form = {
      ...client,
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      scope: 'x',
      constructor: 'y',
    };
    expect((await service.form('/oauth/token', form)).status).toBe(200);
  });
});

describe('POST /oauth/revoke', () => {
  const revoke = (token: string, n?: number) => service.form('/oauth/revoke', { ...client, token }, n);

  it.each(['refresh_token', 'access_token'] as const)('ends the session of its %s', async (kind) => {
    const tokens = await signIn();
    expect(await revoke(tokens[kind])).toMatchObject({ status: 200, body: {} });
    expect((await session(tokens)).body).toMatchObject({
      code: 'ERR_SESSION_ENDED',
      endedBecause: 'revoked',
    });
    expect((await revoke(tokens[kind], 1)).status).toBe(200);
  });

  it('answers 200 for what is no token of ours', async () => {
    const tokens = await signIn();
    for (const token of ['nonsense', tokens.sessionId, `${tokens.access_token}x`, 'a'.repeat(20_000)]) {
      expect((await revoke(token)).status).toBe(200);
    }
    expect((await session(tokens)).status).toBe(200);
  });

  it('refuses a malformed request and a foreign client', async () => {
    isOAuthError(await service.form('/oauth/revoke', client), 400, 'invalid_request');
    isOAuthError(await service.form('/oauth/revoke', { token: 'x' }), 400, 'invalid_request');
    const foreign = await service.form('/oauth/revoke', { token: 'x', client_id: 'evil' });
    isOAuthError(foreign, 401, 'invalid_client');
  });
});

describe('/.well-known', () => {
  it('describes the server by RFC 8414, only what is there', async () => {
    const { status, body } = await service.call('GET', '/.well-known/oauth-authorization-server');
    expect(status).toBe(200);
    expect(body).toEqual({
      issuer,
      token_endpoint: `${issuer}/oauth/token`,
      revocation_endpoint: `${issuer}/oauth/revoke`,
      introspection_endpoint: `${issuer}/oauth/introspect`,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      service_documentation: `${issuer}/docs`,
      response_types_supported: [],
      grant_types_supported: ['refresh_token', 'client_credentials'],
      scopes_supported: ['internal', 'metrics:read'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic'],
      revocation_endpoint_auth_methods_supported: ['none'],
      introspection_endpoint_auth_methods_supported: ['client_secret_basic'],
    });
  });

  it('publishes the same public keys on both instances, to be cached', async () => {
    const [one, two] = await Promise.all(
      [0, 1].map((n) => service.call('GET', '/.well-known/jwks.json', { at: n })),
    );
    expect(one?.body).toEqual(two?.body);
    expect(one?.headers.get('cache-control')).toBe('public, max-age=30');
    const [key] = one?.body['keys'] as Record<string, unknown>[];
    expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
    expect(key).not.toHaveProperty('d');
  });

  it('answers HEAD as well', async () => {
    const response = await fetch(`${service.at()}/.well-known/jwks.json`, { method: 'HEAD' });
    expect(response.status).toBe(200);
  });
});
