import { randomBytes } from 'node:crypto';
import { SessionIds, SessionKeys, SessionManager } from '@holdfast/session-core';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { AuthServiceUnderTest, type Tokens } from '../testing/auth-service.js';
import { userData } from '../testing/other-data.js';

let service: AuthServiceUnderTest;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 13, { LOG_LEVEL: 'info' });
});
afterAll(() => service.stop());

const as = (tokens: Tokens, method: string, path: string, n = 0) =>
  service.call(method, path, { token: tokens.access_token, at: n });

async function expectEnded(tokens: Tokens, endedBecause: string) {
  for (const n of [0, 1]) {
    const answer = await as(tokens, 'GET', '/auth/session', n);
    expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_SESSION_ENDED', endedBecause } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
  }
  const { body } = await service.refresh(tokens.refresh_token, 1);
  expect(body).toMatchObject({ error: 'invalid_grant', endedBecause, endedAt: expect.any(String) });
}

describe('GET /auth/session', () => {
  it('shows the session and what services keep in it', async () => {
    const ada = await service.register();
    const tokens = await service.signIn(ada);
    const [instance] = service.instances;
    const preferences = instance?.app.get(SessionManager, { strict: false }).namespace(userData);
    await preferences?.update(tokens.sessionId, () => ({ locale: 'de-CH' }));
    const { status, body, headers } = await as(tokens, 'GET', '/auth/session');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(body).toEqual({
      id: tokens.sessionId,
      userId: ada.id,
      createdAt: time,
      lastSeenAt: time,
      idleExpiresAt: time,
      expiresAt: time,
      acr: 1,
      roles: ['user'],
      data: { user: { locale: 'de-CH' } },
    });
  });

  it('never shows a session that ends meanwhile as an empty one', async () => {
    const tokens = await service.signIn(await service.register());
    const manager = service.instances[0]?.app.get(SessionManager, { strict: false });
    const allData = jest.spyOn(manager as SessionManager, 'allData');
    allData.mockImplementationOnce(async (sessionId) => {
      await as(tokens, 'POST', '/auth/logout', 1);
      return manager?.allData(sessionId);
    });
    const answer = await as(tokens, 'GET', '/auth/session');
    allData.mockRestore();
    expect(answer).toMatchObject({
      status: 401,
      body: { code: 'ERR_SESSION_ENDED', endedBecause: 'logout' },
    });
  });

  it('wants a session, and a refresh token or a session id is none', async () => {
    const tokens = await service.signIn(await service.register());
    const nobody = await service.call('GET', '/auth/session');
    expect(nobody).toMatchObject({ status: 401, body: { code: 'ERR_UNAUTHENTICATED' } });
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer realm="holdfast"');
    for (const token of [tokens.refresh_token, tokens.sessionId, `${tokens.access_token}x`]) {
      const answer = await service.call('GET', '/auth/session', { token });
      expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_UNAUTHENTICATED' } });
    }
  });
});

describe('ending sessions', () => {
  it('G9: logs out on every instance at once, and for good', async () => {
    const tokens = await service.signIn(await service.register());
    const receipt = await as(tokens, 'POST', '/auth/logout');
    expect(receipt.status).toBe(200);
    expect(receipt.body).toEqual({
      revoked: 1,
      acknowledgedBy: expect.any(Number),
      instances: expect.any(Number),
      tookMs: expect.any(Number),
      boundMs: 0,
      durable: true,
    });
    await expectEnded(tokens, 'logout');
    const again = await as(tokens, 'POST', '/auth/logout', 1);
    expect(again).toMatchObject({ status: 401, body: { code: 'ERR_SESSION_ENDED' } });
  });

  it('lists the devices, the own one marked', async () => {
    const ada = await service.register();
    const laptop = await service.signIn(ada, { 'user-agent': 'laptop' });
    const phone = await service.signIn(ada, { 'user-agent': 'phone' });
    const { body } = await as(laptop, 'GET', '/auth/sessions', 1);
    const times = {
      createdAt: expect.any(String),
      lastSeenAt: expect.any(String),
      expiresAt: expect.any(String),
    };
    const device = (id: string, current: boolean, userAgent: string) => ({
      id,
      current,
      ...times,
      ip: '127.0.0.1',
      userAgent,
    });
    expect(body['sessions']).toHaveLength(2);
    expect(body['sessions']).toEqual(
      expect.arrayContaining([
        device(laptop.sessionId, true, 'laptop'),
        device(phone.sessionId, false, 'phone'),
      ]),
    );
  });

  it('G15: shows which devices are signed out lately, and why', async () => {
    const ada = await service.register();
    const laptop = await service.signIn(ada);
    const [phone, tablet] = [await service.signIn(ada, { 'user-agent': 'phone' }), await service.signIn(ada)];
    await as(laptop, 'DELETE', `/auth/sessions/${phone.sessionId}`);
    await as(tablet, 'POST', '/auth/logout', 1);
    const { body } = await as(laptop, 'GET', '/auth/sessions', 1);
    expect(body['sessions']).toMatchObject([{ id: laptop.sessionId, current: true }]);
    expect(body['ended']).toEqual([
      expect.objectContaining({ id: tablet.sessionId, endedBecause: 'logout' }),
      {
        id: phone.sessionId,
        createdAt: expect.any(String),
        ip: '127.0.0.1',
        userAgent: 'phone',
        endedBecause: 'revoked',
        endedAt: expect.any(String),
      },
    ]);
  });

  it('G15: notes in the log which session ended and why, once, and nothing that opens it', async () => {
    const ada = await service.register();
    const [one, two, three] = [
      await service.signIn(ada),
      await service.signIn(ada),
      await service.signIn(ada),
    ];
    await as(one, 'DELETE', `/auth/sessions/${two.sessionId}`);
    await as(one, 'DELETE', `/auth/sessions/${two.sessionId}`);
    await as(one, 'POST', '/auth/logout-others');
    await as(one, 'POST', '/auth/logout');
    const noted = service.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    const own = [one, two, three].map(({ sessionId }) => sessionId);
    const isOwn = ({ sessionIds = [] }: Record<string, unknown>) =>
      (sessionIds as string[]).some((id) => own.includes(id));
    expect(noted.filter(isOwn)).toMatchObject([
      { level: 'info', sessionIds: [two.sessionId], because: 'revoked', revoked: 1 },
      { level: 'info', sessionIds: [three.sessionId], because: 'revoked', revoked: 1, userId: ada.id },
      { level: 'info', sessionIds: [one.sessionId], because: 'logout', revoked: 1 },
    ]);
    for (const { access_token: access, refresh_token: refresh } of [one, two, three]) {
      expect(service.log.join()).not.toContain(access);
      expect(service.log.join()).not.toContain(refresh);
    }
    expect(service.log.join()).not.toContain(ada.email);
  });

  it('ends one device; a repeat ends nothing more', async () => {
    const ada = await service.register();
    const [laptop, phone] = [await service.signIn(ada), await service.signIn(ada)];
    const end = (n: number) => as(laptop, 'DELETE', `/auth/sessions/${phone.sessionId}`, n);
    expect(await end(0)).toMatchObject({ status: 200, body: { revoked: 1 } });
    expect(await end(1)).toMatchObject({ status: 200, body: { revoked: 0 } });
    await expectEnded(phone, 'revoked');
    expect((await as(laptop, 'GET', '/auth/session')).status).toBe(200);
  });

  it('finds no session of another user, nor one that never was', async () => {
    const mine = await service.signIn(await service.register());
    const others = await service.signIn(await service.register());
    const forged = new SessionIds(SessionKeys.fromSecret(randomBytes(32).toString('base64url'))).mint('x');
    const ids = [others.sessionId, forged, 'x', '%00', `${mine.sessionId}A`, encodeURIComponent('../logout')];
    for (const id of ids) {
      const answer = await as(mine, 'DELETE', `/auth/sessions/${id}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    }
    expect((await as(others, 'GET', '/auth/session')).status).toBe(200);
  });

  it('finds nothing by whatever is written for an id', async () => {
    const mine = await service.signIn(await service.register());
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
      .filter((id) => !/^\.+$/.test(id));
    const property = fc.asyncProperty(text, async (id) => {
      const answer = await as(mine, 'DELETE', `/auth/sessions/${encodeURIComponent(id)}`);
      expect({ status: answer.status, code: answer.body['code'] }).toEqual({
        status: 404,
        code: 'ERR_NOT_FOUND',
      });
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it('ends the others, then all', async () => {
    const ada = await service.register();
    const [one, two, three] = [
      await service.signIn(ada),
      await service.signIn(ada),
      await service.signIn(ada),
    ];
    expect(await as(one, 'POST', '/auth/logout-others')).toMatchObject({ body: { revoked: 2 } });
    expect(await as(one, 'POST', '/auth/logout-others', 1)).toMatchObject({ body: { revoked: 0 } });
    await expectEnded(two, 'revoked');
    await expectEnded(three, 'revoked');
    expect(await as(one, 'POST', '/auth/logout-everywhere')).toMatchObject({ body: { revoked: 1 } });
    await expectEnded(one, 'logout');
  });

  it('counts each session once though two devices end all at once', async () => {
    const ada = await service.register();
    const [one, two] = [await service.signIn(ada), await service.signIn(ada)];
    const answers = await Promise.all([
      as(one, 'POST', '/auth/logout-everywhere', 0),
      as(two, 'POST', '/auth/logout-everywhere', 1),
    ]);
    const revoked = answers.map(({ body }) => Number(body['revoked'] ?? 0));
    expect(revoked.reduce((sum, count) => sum + count, 0)).toBe(2);
  });
});

describe('zero bytes that are said to be JSON', () => {
  it('are no body, where none is wanted', async () => {
    const ada = await service.register();
    const [one, two] = [await service.signIn(ada), await service.signIn(ada)];
    const headers = { 'content-type': 'application/json' };
    const end = (path: string, method = 'POST') =>
      service.call(method, path, { token: one.access_token, headers });
    for (const answer of [
      await end(`/auth/sessions/${two.sessionId}`, 'DELETE'),
      await end('/auth/logout-others'),
      await end('/auth/logout'),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });
});
