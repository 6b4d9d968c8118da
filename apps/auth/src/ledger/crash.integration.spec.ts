import { SessionManager } from '@holdfast/session-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import type { PoolClient } from 'pg';
import { revocations, users } from '../db/schema.js';
import { AuthProcess } from '../testing/auth-process.js';
import { AuthServiceUnderTest, type Tokens } from '../testing/auth-service.js';
import { linkServer, type ServerLink } from '../testing/server-link.js';
import { LEDGER_LOCK } from './recording.js';

const newPassword = 'a longer horse battery';
let service: AuthServiceUnderTest;
let link: ServerLink;
let doomed: AuthProcess;
let holder: PoolClient;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 7, { CEILING_PER_ADDRESS: '0' });
  link = await linkServer(service.environment['REDIS_URL']);
  holder = await service.database.pool.connect();
});
beforeEach(startDoomed);
afterEach(async () => {
  await doomed.kill();
  link.heal();
});
afterAll(async () => {
  holder.release();
  await link.close();
  await service.stop();
});

async function startDoomed(): Promise<void> {
  doomed = await AuthProcess.start({ ...service.environment, REDIS_URL: link.url });
}

const session = ({ access_token: token }: Tokens) => service.call('GET', '/auth/session', { token });
const isLive = async (tokens: Tokens) => (await session(tokens)).status === 200;
const accountOf = async (id: string) =>
  (await service.database.orm.select().from(users).where(eq(users.id, id)))[0];
const entriesOf = (id: string) =>
  service.database.orm.select().from(revocations).where(eq(revocations.userId, id));
/** The roles of a user's sessions. */
const rolesOf = async (id: string) => {
  const manager = service.instances[1]?.app.get(SessionManager, { strict: false });
  return ((await manager?.list(id)) ?? []).flatMap(({ record }) => record.roles);
};
const lock = () => holder.query('SELECT pg_advisory_lock($1)', [LEDGER_LOCK]);
const unlock = () => holder.query('SELECT pg_advisory_unlock($1)', [LEDGER_LOCK]);

/** Resolves when somebody waits for the end of the ledger. */
async function somebodyWaits(): Promise<void> {
  const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  while ((await service.database.pool.query(waiting)).rowCount === 0);
}

/** Somebody with two devices, the first of them stepped up, and an administrator. */
async function people() {
  const ada = await service.register();
  const other = await service.signIn(ada);
  const device = await service.stepUp(await service.signIn(ada), ada.password);
  return { ada, other, device, administrator: await service.administrator() };
}

type People = Awaited<ReturnType<typeof people>>;
const call = ({ access_token: token }: Tokens, method: string, path: string, body?: unknown) =>
  doomed.call(method, `/auth${path}`, { token, body }).catch(() => undefined);
const ACTS = {
  'a logout everywhere': ({ device }: People) => call(device, 'POST', '/logout-everywhere'),
  'a change of the password': ({ device }: People) => call(device, 'POST', '/password', { newPassword }),
  'a disabling': ({ administrator, ada }: People) => call(administrator, 'POST', `/users/${ada.id}/disable`),
  'a change of roles': ({ administrator, ada }: People) =>
    call(administrator, 'PUT', `/users/${ada.id}/roles`, { roles: ['user', 'support'] }),
};
const acts = Object.entries(ACTS);

describe('a crash before the ledger has it', () => {
  it.each(acts)('%s has not happened at all', async (_what, act) => {
    const those = await people();
    const before = await accountOf(those.ada.id);
    await lock();
    const answer = act(those);
    await somebodyWaits();
    await doomed.kill();
    expect(await answer).toBeUndefined();
    await unlock();
    // Whoever waited had the lock first, and is gone.
    await lock();
    await unlock();
    expect([await entriesOf(those.ada.id), await accountOf(those.ada.id)]).toEqual([[], before]);
    expect([await isLive(those.device), await isLive(those.other)]).toEqual([true, true]);
  });
});

describe('a crash after the ledger has it, and before the session store has', () => {
  /** Kills the process between the two: the store does not answer it any more when the ledger does. */
  async function crashBetween(act: (those: People) => Promise<unknown>): Promise<People> {
    for (;;) {
      const those = await people();
      await lock();
      const answer = act(those);
      await somebodyWaits();
      link.silence();
      await unlock();
      const isRecorded = await isSoonRecorded(those.ada.id);
      await doomed.kill();
      expect(await answer).toBeUndefined();
      if (isRecorded) return those;
      // It has given the ledger up after its second, as a busy machine's process may: so once more.
      link.heal();
      await startDoomed();
    }
  }

  /** Asked for longer than anybody waits for the ledger. */
  async function isSoonRecorded(id: string): Promise<boolean> {
    for (const until = performance.now() + 5_000; performance.now() < until;) {
      if ((await entriesOf(id)).length > 0) return true;
    }
    return false;
  }

  it.each(acts)('G9: %s is finished by whoever lives', async (what, act) => {
    const { ada, other } = await crashBetween(act);
    if (what === 'a change of roles') {
      while (!(await rolesOf(ada.id)).includes('support'));
    } else {
      while (await isLive(other));
    }
  });

  it('G9: a new password goes with the end of the sessions under the old one', async () => {
    const { ada, device, other } = await crashBetween(ACTS['a change of the password']);
    while (await isLive(other));
    expect(await isLive(device)).toBe(true);
    const login = (password: string) =>
      service.call('POST', '/auth/login', { body: { email: ada.email, password } });
    expect([(await login(ada.password)).status, (await login(newPassword)).status]).toEqual([401, 200]);
  });
});
