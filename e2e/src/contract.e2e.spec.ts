import { describe, expect, it } from '@jest/globals';
import { Device, register } from '@holdfast/fleet-client';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { direct, fleet, gateway, processes } from './fleet.js';

describe('the contract, as a client written against it sees it', () => {
  it('registers, signs in and knows who is signed in', async () => {
    const api = await gateway();
    const credentials = await register(api);
    const device = await Device.signIn(api, credentials);
    const { body: me } = await device.call('GET', '/users/me');
    expect(me).toEqual({
      id: credentials.id,
      email: credentials.email,
      displayName: 'Ada Lovelace',
      roles: ['user'],
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      version: expect.any(Number),
    });
    const { body: session } = await device.call('GET', '/auth/session');
    expect(session).toMatchObject({ id: device.sessionId, userId: credentials.id, roles: ['user'] });
    const { createdAt, idleExpiresAt, expiresAt } = session as Record<string, string>;
    expect(Date.parse(idleExpiresAt ?? '') - Date.parse(createdAt ?? '')).toBeGreaterThanOrEqual(1_800_000);
    expect(Date.parse(expiresAt ?? '') - Date.parse(createdAt ?? '')).toBe(43_200_000);
  });

  it('lists devices and ends one, the others, or all', async () => {
    const api = await gateway();
    const credentials = await register(api);
    const [laptop, phone, tablet, watch] = [
      await Device.signIn(api, credentials),
      await Device.signIn(api, credentials),
      await Device.signIn(api, credentials),
      await Device.signIn(api, credentials),
    ];
    const { body } = await laptop.call<{ sessions: Record<string, unknown>[] }>('GET', '/auth/sessions');
    expect(body.sessions).toHaveLength(4);
    expect(body.sessions.filter(({ current }) => current).map(({ id }) => id)).toEqual([laptop.sessionId]);
    expect(body.sessions[0]).toEqual({
      id: expect.any(String),
      current: expect.any(Boolean),
      createdAt: expect.any(String),
      lastSeenAt: expect.any(String),
      expiresAt: expect.any(String),
      ip: '127.0.0.1',
      userAgent: expect.any(String),
    });

    const end = (path: string, method = 'POST') => laptop.call(method, path);
    expect((await end(`/auth/sessions/${phone.sessionId}`, 'DELETE')).body).toMatchObject({ revoked: 1 });
    expect((await end(`/auth/sessions/${phone.sessionId}`, 'DELETE')).body).toMatchObject({ revoked: 0 });
    expect((await phone.call('GET', '/cart')).body).toMatchObject({ endedBecause: 'revoked' });
    expect((await end('/auth/logout-others')).body).toMatchObject({ revoked: 2 });
    for (const device of [tablet, watch]) expect((await device.call('GET', '/cart')).status).toBe(401);
    expect((await end('/auth/logout-everywhere')).body).toMatchObject({ revoked: 1 });
    expect((await laptop.call('GET', '/cart')).body).toMatchObject({ endedBecause: 'logout' });
  });

  it('revokes by RFC 7009: always 200, and the session is over', async () => {
    const api = await gateway();
    for (const pick of ['refresh_token', 'access_token'] as const) {
      const device = await Device.ofNewUser(api);
      const form = { token: device.tokens[pick], client_id: 'holdfast-cli' };
      expect((await api.call('POST', '/oauth/revoke', { form })).status).toBe(200);
      expect((await api.call('POST', '/oauth/revoke', { form })).status).toBe(200);
      expect((await device.call('GET', '/cart')).body).toMatchObject({ code: 'ERR_SESSION_ENDED' });
    }
    const form = { token: 'nonsense', client_id: 'holdfast-cli' };
    expect((await api.call('POST', '/oauth/revoke', { form })).status).toBe(200);
  });

  it('publishes metadata and keys with which an independent client verifies the tokens', async () => {
    const api = await gateway();
    const { body: metadata } = await api.call('GET', '/.well-known/oauth-authorization-server');
    const { issuer, jwks_uri: jwksUri } = metadata as Record<string, string>;
    expect(issuer).toBe(api.baseUrl);
    const { tokens } = await Device.ofNewUser(api);
    const keys = createRemoteJWKSet(new URL(jwksUri ?? ''));
    const { payload, protectedHeader } = await jwtVerify(tokens.access_token, keys, {
      issuer,
      audience: 'holdfast',
      typ: 'at+jwt',
      algorithms: ['ES256'],
    });
    expect(protectedHeader.kid).toEqual(expect.any(String));
    const names = ['iss', 'aud', 'sub', 'client_id', 'sid', 'jti', 'iat', 'exp', 'auth_time', 'acr', 'roles'];
    expect(Object.keys(payload).sort()).toEqual(names.sort());
    expect(JSON.stringify(decodeJwt(tokens.access_token))).not.toContain('@');
  });

  it('keeps preferences and profile, and refuses a stale version', async () => {
    const device = await Device.ofNewUser(await gateway());
    const { version } = (await device.call<{ version: number }>('GET', '/users/me')).body;
    const body = { displayName: 'Countess', version };
    expect((await device.call('PATCH', '/users/me', { body })).body).toMatchObject({
      displayName: 'Countess',
    });
    expect((await device.call('PATCH', '/users/me', { body })).body).toMatchObject({ code: 'ERR_CONFLICT' });
    await device.call('PUT', '/users/me/preferences', { body: { currency: 'CHF' } });
    await device.call('PUT', '/users/me/preferences', { body: { locale: 'it-CH' } });
    expect((await device.call('GET', '/cart')).body).toMatchObject({ currency: 'CHF', locale: 'it-CH' });
    expect((await device.call('GET', '/auth/session')).body).toMatchObject({
      data: { user: { currency: 'CHF', locale: 'it-CH' } },
    });
  });

  it('names the request, the instance and the gateway worker on every answer', async () => {
    const api = await gateway();
    const { headers } = await api.call('GET', '/products', { headers: { 'x-request-id': 'my-request.1' } });
    expect(headers.get('x-request-id')).toBe('my-request.1');
    expect(headers.get('x-served-by')).toMatch(/^order-[12]$/);
    expect(headers.get('x-gateway')).toMatch(/^gateway-[12]$/);
    const made = await api.call('GET', '/livez', { headers: { 'x-request-id': 'not valid!' } });
    expect(made.headers.get('x-request-id')).toMatch(/^[A-Za-z0-9._-]{1,128}$/);
    expect(made.headers.get('x-served-by')).toBe(made.headers.get('x-gateway'));
    const head = await fetch(`${api.baseUrl}/products`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(await head.text()).toBe('');
  });

  it('answers health on every process, and its details to an admin only', async () => {
    const api = await gateway();
    const { admin } = await fleet();
    const adminDevice = await Device.signIn(api, admin);
    const user = await Device.ofNewUser(api);
    const clients = [api];
    for (const role of ['auth', 'user', 'order'] as const)
      clients.push(...(await processes(role)).map(direct));
    for (const client of clients) {
      expect((await client.call('GET', '/livez')).status).toBe(200);
      expect((await client.call('GET', '/readyz')).status).toBe(200);
      expect((await client.call('GET', '/healthz')).status).toBe(401);
      expect((await user.at(client).call('GET', '/healthz')).status).toBe(403);
      expect((await adminDevice.at(client).call('GET', '/healthz')).status).toBe(200);
    }
  });

  it('documents all of it in one OpenAPI document', async () => {
    const { body } = await (await gateway()).call<{ openapi: string; paths: object }>('GET', '/docs/json');
    expect(body.openapi).toMatch(/^3\.1/);
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/auth/login', '/oauth/token', '/users/me', '/cart', '/orders/{id}']),
    );
  });
});
