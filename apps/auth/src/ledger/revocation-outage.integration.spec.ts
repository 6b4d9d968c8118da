import { SessionManager } from '@holdfast/session-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { revocations, users } from '../db/schema.js';
import { createAuthDatabase, type AuthDatabase } from '../testing/auth-database.js';
import { admin, AuthServiceUnderTest, type Tokens } from '../testing/auth-service.js';
import { linkServer, type ServerLink } from '../testing/server-link.js';
import { PostgresRevocationLedger } from './postgres-revocation-ledger.js';

let db: AuthDatabase;
let link: ServerLink;
let service: AuthServiceUnderTest;

beforeAll(async () => {
  db = await createAuthDatabase(process.env);
  link = await linkServer(db.url);
  const extra = { DATABASE_URL: link.url, LOG_LEVEL: 'silent', CEILING_PER_ADDRESS: '0' };
  service = await AuthServiceUnderTest.start(process.env, 8, extra);
});
afterEach(backAgain);
afterAll(async () => {
  await service.stop();
  await link.close();
  await db.drop();
});

const as = ({ access_token: token }: Tokens, method: string, path: string, body?: unknown) =>
  service.call(method, `/auth${path}`, { token, body });
const isLive = async (tokens: Tokens) => (await as(tokens, 'GET', '/session')).status === 200;
const login = ({ email, password }: { email: string; password: string }) =>
  service.call('POST', '/auth/login', { body: { email, password } });
const accountOf = async (id: string) =>
  (await db.database.orm.select().from(users).where(eq(users.id, id)))[0];
const countEntries = () => db.database.orm.$count(revocations);

/** Carries out all that the ledger has; answers how many sessions that ended. */
async function carryOutAll(): Promise<number> {
  const { app } = service.instances[0] ?? {};
  const entries = await app?.get(PostgresRevocationLedger, { strict: false }).entriesAbove(0, 1_000);
  const manager = app?.get(SessionManager, { strict: false });
  let revoked = 0;
  for (const entry of entries ?? []) revoked += (await manager?.carryOut(entry))?.revoked ?? 0;
  return revoked;
}

/** Heals the link, which breaks the connections that hung: they may fail one question each. */
async function backAgain(): Promise<void> {
  link.heal();
  while (
    (await service.call('POST', '/auth/password-reset', { body: { email: admin.email } })).status !== 202
  );
  await signInAgain(admin);
}

/** Somebody with two devices, the first of them stepped up. */
async function somebody() {
  const ada = await service.register();
  const other = await service.signIn(ada);
  return { ...ada, other, device: await service.stepUp(await service.signIn(ada), ada.password) };
}

/** The first sign-in that gets through: connections that were broken may fail one question each. */
async function signInAgain(ada: { email: string; password: string }): Promise<Tokens> {
  const { status, body } = await login(ada);
  if (status === 503) return signInAgain(ada);
  expect(status).toBe(200);
  return body as unknown as Tokens;
}

describe.each(['cut', 'silence'] as const)('with Postgres away (%s)', (how) => {
  it('who is signed in goes on, and nobody signs in', async () => {
    const ada = await somebody();
    link[how]();
    expect(await isLive(ada.device)).toBe(true);
    expect((await service.refresh(ada.other.refresh_token)).status).toBe(200);
    expect((await login(ada)).status).toBe(503);
    link.heal();
    expect(await isLive(await signInAgain(ada))).toBe(true);
  });

  it('a logout ends the session and says that it is not durable; the ledger gets it later', async () => {
    const { device, other } = await somebody();
    link[how]();
    const receipt = { status: 200, body: { revoked: 1, durable: false } };
    expect(await as(device, 'POST', '/logout')).toMatchObject(receipt);
    expect([await isLive(device), await isLive(other)]).toEqual([false, true]);
    link.heal();
    const recorded = () =>
      db.database.orm.select().from(revocations).where(eq(revocations.sessionId, device.sessionId));
    while ((await recorded()).length === 0) await new Promise(setImmediate);
    expect(await recorded()).toMatchObject([{ kind: 'session', because: 'logout' }]);
  });

  it('so does the end of all, and spares whoever signs in before the ledger has it', async () => {
    const ada = await somebody();
    link[how]();
    const receipt = { status: 200, body: { revoked: 2, durable: false } };
    expect(await as(ada.device, 'POST', '/logout-everywhere')).toMatchObject(receipt);
    link.heal();
    const next = await signInAgain(ada);
    const recorded = () => db.database.orm.select().from(revocations).where(eq(revocations.userId, ada.id));
    while ((await recorded()).length === 0) await new Promise(setImmediate);
    expect(await carryOutAll()).toBe(0);
    expect(await isLive(next)).toBe(true);
  });

  it('nothing is half done: neither a password nor a role changes, and no session ends', async () => {
    const [ada, administrator] = [await somebody(), await service.administrator()];
    const [before, entries] = [await accountOf(ada.id), await countEntries()];
    link[how]();
    for (const attempt of [
      as(ada.device, 'POST', '/password', { newPassword: 'a longer horse battery' }),
      as(administrator, 'POST', `/users/${ada.id}/disable`),
      as(administrator, 'PUT', `/users/${ada.id}/roles`, { roles: ['user', 'support'] }),
    ]) {
      expect((await attempt).status).toBe(503);
    }
    link.heal();
    expect([await isLive(ada.device), await isLive(ada.other)]).toEqual([true, true]);
    expect(await isLive(await signInAgain(ada))).toBe(true);
    expect([await accountOf(ada.id), await countEntries()]).toEqual([before, entries]);
  });
});
