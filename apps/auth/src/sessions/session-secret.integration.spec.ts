import { randomBytes } from 'node:crypto';
import { SessionManager } from '@holdfast/session-core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthDatabase, type AuthDatabase } from '../testing/auth-database.js';
import { AuthServiceUnderTest } from '../testing/auth-service.js';
import { Browser } from '../testing/browser.js';

const secret = () => randomBytes(32).toString('base64url');
const platform = { REFRESH_SECRET: secret(), SIGNING_KEY_SECRET: secret(), ACCOUNT_SECRET: secret() };
let db: AuthDatabase;
let before: AuthServiceUnderTest;
let after: AuthServiceUnderTest;

beforeAll(async () => {
  db = await createAuthDatabase(process.env);
  const start = (own: string) =>
    AuthServiceUnderTest.start(process.env, 13, { ...platform, DATABASE_URL: db.url, SESSION_SECRET: own });
  before = await start(secret());
  after = await start(secret());
});
afterAll(async () => {
  await Promise.all([before, after].map((service) => service.stop()));
  await db.drop();
});

describe('a new SESSION_SECRET', () => {
  it("ends everybody's sessions: ids of the old one are absent, tokens and cookies of them refused", async () => {
    const [ada, eve] = [await before.register(), await before.register()];
    const tokens = await before.signIn(ada);
    const browser = new Browser(before);
    const { email, password } = eve;
    await browser.call('POST', '/auth/login', { body: { email, password, transport: 'cookie' } });
    const [access, cookie] = [{ token: tokens.access_token }, browser.cookie];
    expect((await before.call('GET', '/auth/session', access)).status).toBe(200);
    expect((await before.exchange(cookie)).status).toBe(200);

    const sessions = after.instances[0]?.app.get(SessionManager, { strict: false });
    expect(await sessions?.resolve(tokens.sessionId)).toEqual({ state: 'absent' });
    expect(await sessions?.list(ada.id)).toEqual([]);
    for (const n of [0, 1]) {
      const refused = await after.call('GET', '/auth/session', { ...access, at: n });
      expect(refused).toMatchObject({ status: 401, body: { code: 'ERR_SESSION_ENDED' } });
      expect((await after.exchange(cookie, n)).status).toBe(401);
      expect((await after.refresh(tokens.refresh_token, n)).body).toMatchObject({ error: 'invalid_grant' });
    }
    expect((await after.signIn(ada)).sessionId).not.toBe(tokens.sessionId);
  });
});
