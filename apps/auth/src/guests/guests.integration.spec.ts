import { SessionManager } from '@holdfast/session-core';
import type { Answer } from '@holdfast/service-testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthServiceUnderTest, type Tokens } from '../testing/auth-service.js';
import { Browser, setCookieOf } from '../testing/browser.js';
import { orderData } from '../testing/other-data.js';

const DAY_MS = 86_400_000;
let service: AuthServiceUnderTest;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 9);
});
afterAll(() => service.stop());

const session = ({ access_token: token }: Tokens) => service.call('GET', '/auth/session', { token, at: 1 });
const tokensOf = ({ body }: Answer) => body as unknown as Tokens;

/** A new guest, begun with the token of what was before, if anything was. */
async function guest(before?: Tokens): Promise<Tokens> {
  const answer = await service.call('POST', '/auth/guest', { token: before?.access_token });
  if (answer.status !== 201) throw new Error(`guest: ${answer.status} ${answer.text}`);
  return tokensOf(answer);
}

async function putIntoCart({ sessionId }: Tokens, item: string) {
  const manager = service.instances[0]?.app.get(SessionManager, { strict: false });
  await manager?.namespace(orderData).update(sessionId, () => ({ items: [item] }));
}

describe('POST /auth/guest', () => {
  it('begins a session of nobody: role guest, level 0, up to 7 days', async () => {
    const answer = await service.call('POST', '/auth/guest');
    expect(answer).toMatchObject({ status: 201, body: { token_type: 'Bearer', refresh_expires_in: 1800 } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { body, status } = await session(tokensOf(answer));
    expect(status).toBe(200);
    expect(body).toMatchObject({ roles: ['guest'], acr: 0, data: {} });
    expect(Date.parse(String(body['expiresAt'])) - Date.parse(String(body['createdAt']))).toBe(7 * DAY_MS);
    const another = await session(await guest());
    expect(another.body['userId']).not.toBe(body['userId']);
  });

  it('gives a browser a cookie that no script reads and that goes when it is closed', async () => {
    const answer = await service.call('POST', '/auth/guest', { body: { transport: 'cookie' } });
    expect(answer).toMatchObject({ status: 201 });
    expect(answer.body).toEqual({ sessionId: expect.any(String), expiresAt: expect.any(String) });
    const set = setCookieOf(answer);
    expect(set?.value).toMatch(/^[A-Za-z0-9_-]{108}$/);
    expect([...(set?.attributes ?? [])].sort()).toEqual(['httponly', 'path=/', 'samesite=lax', 'secure']);
    const exchanged = await service.exchange(set?.value, 1);
    expect(exchanged.body['sessionId']).toBe(answer.body['sessionId']);
  });

  it('refreshes as any other session, and stays a guest', async () => {
    const refreshed = await service.refresh((await guest()).refresh_token, 1);
    expect(refreshed.status).toBe(200);
    expect((await session(tokensOf(refreshed))).body).toMatchObject({ roles: ['guest'], acr: 0 });
  });

  it('replaces a guest by a guest, who keeps the data', async () => {
    const before = await guest();
    await putIntoCart(before, 'tea');
    const after = await guest(before);
    expect(after.sessionId).not.toBe(before.sessionId);
    expect((await session(after)).body['data']).toEqual({ order: { items: ['tea'] } });
    expect((await session(before)).body).toMatchObject({
      code: 'ERR_SESSION_ENDED',
      endedBecause: 'replaced',
    });
    // The credential of before comes again: nothing is left to hand over.
    expect((await session(await guest(before))).body['data']).toEqual({});
    expect((await session(after)).body['data']).toEqual({ order: { items: ['tea'] } });
  });

  it("ends a user's session that comes along, and hands none of its data to a guest", async () => {
    const user = await service.signIn(await service.register());
    await putIntoCart(user, 'tea');
    expect((await session(await guest(user))).body['data']).toEqual({});
    expect((await session(user)).body).toMatchObject({ endedBecause: 'replaced' });
  });

  it('gives a guest a session and nothing that belongs to an account', async () => {
    const { access_token: token, sessionId } = await guest();
    const stepUp = await service.call('POST', '/auth/step-up', { token, body: { password: 'anything' } });
    expect(stepUp).toMatchObject({ status: 403, body: { code: 'ERR_FORBIDDEN' } });
    const { body } = await service.call('GET', '/auth/sessions', { token });
    expect(body['sessions']).toMatchObject([{ id: sessionId, current: true }]);
    const logout = await service.call('POST', '/auth/logout', { token });
    expect(logout).toMatchObject({ status: 200, body: { revoked: 1 } });
  });

  it('ignores a credential that is no good', async () => {
    const answer = await service.call('POST', '/auth/guest', { token: 'nonsense' });
    expect(answer.status).toBe(201);
  });

  it.each([
    ['malformed JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an unknown transport', { transport: 'header' }],
    ['an unknown member', { rememberMe: true }],
    ['a role', { roles: ['admin'] }],
  ])('refuses %s', async (_what, body) => {
    const answer = await service.call('POST', '/auth/guest', { body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
  });

  it('takes zero bytes that are said to be JSON for no body', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await service.call('POST', '/auth/guest', { headers })).status).toBe(201);
  });
});

describe('a guest with a browser', () => {
  it('gets another cookie with the same cart, and the cookie of before is no good', async () => {
    const browser = new Browser(service);
    await browser.call('POST', '/auth/guest', { body: { transport: 'cookie' } });
    const before = browser.cookie;
    const { body } = await browser.call('POST', '/auth/guest', { body: { transport: 'cookie' } });
    expect(browser.cookie).not.toBe(before);
    expect((await service.exchange(before)).body).toMatchObject({ endedBecause: 'replaced' });
    expect((await service.exchange(browser.cookie)).body['sessionId']).toBe(body['sessionId']);
  });
});

describe('a burst of guests', () => {
  let limited: AuthServiceUnderTest;
  beforeAll(async () => {
    limited = await AuthServiceUnderTest.start(process.env, 2, { CEILING_PER_ADDRESS: '3' });
  });
  afterAll(() => limited.stop());

  it('meets the ceiling of its address, on all instances together, and nobody else does', async () => {
    const from = (ip: string, at: number) =>
      limited.call('POST', '/auth/guest', { headers: { 'x-forwarded-for': ip }, at });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => from('203.0.113.9', n % 2)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ code: 'ERR_RATE_LIMITED' });
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    expect((await from('203.0.113.10', 0)).status).toBe(201);
  });
});
