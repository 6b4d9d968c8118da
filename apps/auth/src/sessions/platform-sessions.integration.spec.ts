import { randomBytes, randomUUID } from 'node:crypto';
import { SessionIds, SessionKeys } from '@holdfast/session-core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { admin, AuthServiceUnderTest, type Tokens } from '../testing/auth-service.js';

let service: AuthServiceUnderTest;
let administrator: Tokens;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 9);
  administrator = await service.signIn(admin);
});
afterAll(() => service.stop());

const as = ({ access_token: token }: Tokens, method: string, path: string, at = 0) =>
  service.call(method, path, { token, at });
const list = (userId: string) => as(administrator, 'GET', `/platform/sessions?userId=${userId}`, 1);
const end = (id: string, n?: number) => as(administrator, 'DELETE', `/platform/sessions/${id}`, n);

describe('/platform/sessions', () => {
  it("shows anybody's sessions, and those that are over, to an administrator", async () => {
    const ada = await service.register();
    const [laptop, phone] = [
      await service.signIn(ada, { 'user-agent': 'laptop' }),
      await service.signIn(ada),
    ];
    await as(phone, 'POST', '/auth/logout');
    const { status, body } = await list(ada.id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      sessions: [{ id: laptop.sessionId, current: false, userAgent: 'laptop', ip: '127.0.0.1' }],
      ended: [{ id: phone.sessionId, endedBecause: 'logout', endedAt: expect.any(String) }],
    });
  });

  it('shows the record of each, its generations and what its tokens say, and nothing that opens it', async () => {
    const ada = await service.register();
    const laptop = await service.signIn(ada);
    const refreshed = await service.refresh(laptop.refresh_token);
    const { email, password } = ada;
    const cookie = { email, password, transport: 'cookie' };
    const browser = await service.call('POST', '/auth/login', { body: cookie });
    const { body } = await list(ada.id);
    expect(body['strategy']).toBe('hybrid');
    const sessions = body['sessions'] as Record<string, unknown>[];
    const of = (id: unknown) => sessions.find((session) => session['id'] === id);
    const record = {
      acr: 1,
      roles: ['user'],
      authTimeAt: expect.any(String),
      idleExpiresAt: expect.any(String),
      version: 1,
      epoch: 0,
      rolesVersion: 0,
    };
    expect(of(laptop.sessionId)).toMatchObject({ ...record, transport: 'bearer', generation: 2 });
    expect(of(browser.body['sessionId'])).toMatchObject({ ...record, transport: 'cookie' });
    expect(of(browser.body['sessionId'])).not.toHaveProperty('generation');
    const token = decodeJwt(String(refreshed.body['access_token']));
    expect({
      ...(of(laptop.sessionId)?.['claims'] as object),
      jti: token.jti,
      iat: token.iat,
      exp: token.exp,
    }).toEqual(token);
    const device = ['id', 'current', 'ip', 'userAgent', 'createdAt', 'lastSeenAt', 'expiresAt'];
    const told = [...device, 'transport', 'generation', 'claims'];
    expect(Object.keys(of(laptop.sessionId) ?? {}).sort()).toEqual([...told, ...Object.keys(record)].sort());
  });

  it('knows nothing of a user who is not there, and takes ids only', async () => {
    expect(await list(randomUUID())).toMatchObject({ status: 200, body: { sessions: [], ended: [] } });
    for (const query of ['', '?userId=', '?userId=x', `?userId=${randomUUID()}&x=1`]) {
      const answer = await as(administrator, 'GET', `/platform/sessions${query}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
    }
  });

  it('G15: ends a session for good, and its user is told that it was revoked', async () => {
    const ada = await service.signIn(await service.register());
    expect(await end(ada.sessionId)).toMatchObject({
      status: 200,
      body: {
        revoked: 1,
        acknowledgedBy: expect.any(Number),
        instances: expect.any(Number),
        tookMs: expect.any(Number),
        boundMs: 0,
        durable: true,
      },
    });
    expect(await end(ada.sessionId, 1)).toMatchObject({ status: 200, body: { revoked: 0 } });
    expect(await as(ada, 'GET', '/auth/session', 1)).toMatchObject({
      status: 401,
      body: { code: 'ERR_SESSION_ENDED', endedBecause: 'revoked' },
    });
  });

  it('finds no session that never was, nor one with an id that is not ours', async () => {
    const forged = new SessionIds(SessionKeys.fromSecret(randomBytes(32).toString('base64url')));
    const genuine = service.instances[0]?.app.get(SessionIds, { strict: false }).mint(randomUUID());
    const ids = [
      String(genuine),
      forged.mint(randomUUID()),
      'x',
      '%00',
      'x'.repeat(2_000),
      `${administrator.sessionId}A`,
    ];
    for (const id of ids) {
      expect(await end(id)).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    }
  });

  it('is closed to everybody else', async () => {
    const ada = await service.signIn(await service.register());
    const { body } = await service.call('POST', '/auth/guest');
    for (const nobody of [ada, body as unknown as Tokens]) {
      const path = `/platform/sessions?userId=${randomUUID()}`;
      expect(await as(nobody, 'GET', path)).toMatchObject({ status: 403, body: { code: 'ERR_FORBIDDEN' } });
      const ended = await as(nobody, 'DELETE', `/platform/sessions/${administrator.sessionId}`);
      expect(ended).toMatchObject({ status: 403, body: { code: 'ERR_FORBIDDEN' } });
    }
    expect((await service.call('GET', `/platform/sessions?userId=${randomUUID()}`)).status).toBe(401);
    expect((await as(administrator, 'GET', '/auth/session')).status).toBe(200);
  });
});
