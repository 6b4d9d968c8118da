import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthDatabase, type AuthDatabase } from '../testing/auth-database.js';
import { AuthServiceUnderTest } from '../testing/auth-service.js';

const secret = () => randomBytes(32).toString('base64url');
const [older, newer] = [secret(), secret()];
const platform = {
  SESSION_SECRET: secret(),
  SEALING_SECRET: secret(),
  SIGNING_KEY_SECRET: secret(),
  ACCOUNT_SECRET: secret(),
};
let db: AuthDatabase;
/** The steps of a change: nobody makes tokens with the new secret before everybody knows it. */
let before: AuthServiceUnderTest;
let prepared: AuthServiceUnderTest;
let changed: AuthServiceUnderTest;
let after: AuthServiceUnderTest;

beforeAll(async () => {
  db = await createAuthDatabase(process.env);
  const start = (current: string, previous: string) =>
    AuthServiceUnderTest.start(process.env, 14, {
      ...platform,
      DATABASE_URL: db.url,
      REFRESH_SECRET: current,
      REFRESH_SECRET_PREVIOUS: previous,
    });
  before = await start(older, '');
  prepared = await start(older, newer);
  changed = await start(newer, older);
  after = await start(newer, '');
});
afterAll(async () => {
  await Promise.all([before, prepared, changed, after].map((service) => service.stop()));
  await db.drop();
});

const signIn = async (service: AuthServiceUnderTest) => service.signIn(await before.register());
const successor = async (service: AuthServiceUnderTest, token: string) => {
  const { status, body } = await service.refresh(token);
  expect([status, body['error']]).toEqual([200, undefined]);
  return String(body['refresh_token']);
};

describe('a new REFRESH_SECRET', () => {
  it('G12: ends nobody’s session: tokens of the older one are exchanged', async () => {
    const tokens = await signIn(before);
    const next = await successor(changed, tokens.refresh_token);
    expect(await successor(after, next)).toEqual(expect.any(String));
  });

  it('G12: gives races and retries the same successor while instances change over', async () => {
    for (const service of [prepared, changed]) {
      const tokens = await signIn(before);
      const first = await successor(service, tokens.refresh_token);
      const again = [prepared, changed, prepared, changed].map((each) =>
        successor(each, tokens.refresh_token),
      );
      expect(new Set(await Promise.all(again))).toEqual(new Set([first]));
      const parallel = [prepared, changed, prepared, changed].map((each) => successor(each, first));
      expect(new Set(await Promise.all(parallel)).size).toBe(1);
    }
  });

  it('still takes an older token for theft', async () => {
    const tokens = await signIn(before);
    await successor(changed, await successor(changed, tokens.refresh_token));
    expect((await changed.refresh(tokens.refresh_token)).body).toMatchObject({
      error: 'invalid_grant',
      endedBecause: 'token-reuse',
    });
  });

  it('refuses tokens of a secret that is no longer there, and ends nothing', async () => {
    const tokens = await signIn(before);
    expect((await after.refresh(tokens.refresh_token)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await after.call('GET', '/auth/session', { token: tokens.access_token })).status).toBe(200);
    await successor(before, tokens.refresh_token);
  });
});
