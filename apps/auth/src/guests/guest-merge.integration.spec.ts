import { SessionManager } from '@holdfast/session-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { guestMerges } from '../db/schema.js';
import { AuthServiceUnderTest, type Tokens } from '../testing/auth-service.js';
import { Browser } from '../testing/browser.js';
import { orderData } from '../testing/other-data.js';
import { MergeNotes } from './merge-notes.js';

type Person = Awaited<ReturnType<AuthServiceUnderTest['register']>>;

const CART = { items: ['tea'] };
let service: AuthServiceUnderTest;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 9);
});
afterAll(() => service.stop());
afterEach(() => {
  jest.restoreAllMocks();
});

const provided = <T>(type: new (...parts: never[]) => T): T =>
  service.instances[0]?.app.get(type, { strict: false }) as T;
const manager = () => provided(SessionManager);
const notesLeft = () => service.database.orm.select().from(guestMerges);
const session = ({ access_token: token }: Tokens) => service.call('GET', '/auth/session', { token, at: 1 });

async function guestWithCart(items = CART.items): Promise<Tokens> {
  const { body } = await service.call('POST', '/auth/guest');
  const guest = body as unknown as Tokens;
  await manager()
    ?.namespace(orderData)
    .update(guest.sessionId, () => ({ items }));
  return guest;
}

const login = ({ email, password }: Person, before?: Tokens, at = 0) =>
  service.call('POST', '/auth/login', { body: { email, password }, token: before?.access_token, at });

async function signedIn(person: Person, before?: Tokens, at = 0): Promise<Tokens> {
  const { status, body, text } = await login(person, before, at);
  if (status !== 200) throw new Error(`sign-in: ${status} ${text}`);
  return body as unknown as Tokens;
}

/** The live sessions of somebody that hold the cart. */
async function sessionsWithCart({ id }: Person): Promise<readonly string[]> {
  const holders: string[] = [];
  for (const { record } of await manager().list(id)) {
    const data = await manager().allData(record.sessionId);
    if (JSON.stringify(data?.['order']) === JSON.stringify(CART)) holders.push(record.sessionId);
  }
  return holders;
}

describe('a guest who signs in', () => {
  it('gets a new session with what was in the old one, which is over', async () => {
    const [ada, guest] = [await service.register(), await guestWithCart()];
    const user = await signedIn(ada, guest);
    expect(user.sessionId).not.toBe(guest.sessionId);
    expect((await session(user)).body).toMatchObject({
      userId: ada.id,
      roles: ['user'],
      acr: 1,
      data: { order: CART },
    });
    expect((await session(guest)).body).toMatchObject({
      code: 'ERR_SESSION_ENDED',
      endedBecause: 'replaced',
    });
    expect((await service.refresh(guest.refresh_token)).body).toMatchObject({
      error: 'invalid_grant',
      endedBecause: 'replaced',
    });
    expect(await notesLeft()).toEqual([]);
  });

  it('gets a new cookie with a new secret: what somebody planted before opens nothing', async () => {
    const { email, password } = await service.register();
    const browser = new Browser(service);
    await browser.call('POST', '/auth/guest', { body: { transport: 'cookie' } });
    const planted = browser.cookie ?? '';
    const answer = await browser.call('POST', '/auth/login', {
      body: { email, password, transport: 'cookie' },
    });
    expect(answer.status).toBe(200);
    const [before, after] = [planted, browser.cookie ?? ''].map((cookie) => Buffer.from(cookie, 'base64url'));
    expect(after).toHaveLength(81);
    expect(after?.subarray(1, 49)).not.toEqual(before?.subarray(1, 49));
    expect(after?.subarray(49)).not.toEqual(before?.subarray(49));
    expect(await service.exchange(planted, 1)).toMatchObject({
      status: 401,
      body: { code: 'ERR_SESSION_ENDED', endedBecause: 'replaced' },
    });
  });

  it('keeps the session and the cart when the password is wrong', async () => {
    const [ada, guest] = [await service.register(), await guestWithCart()];
    expect((await login({ ...ada, password: 'not the password' }, guest)).status).toBe(401);
    expect((await session(guest)).body).toMatchObject({ data: { order: CART } });
  });

  it('hands the cart over once, however often the credential of before comes', async () => {
    const [ada, bob, guest] = [await service.register(), await service.register(), await guestWithCart()];
    const first = await signedIn(ada, guest);
    for (const person of [ada, bob]) {
      expect((await session(await signedIn(person, guest, 1))).body['data']).toEqual({});
    }
    expect(await sessionsWithCart(ada)).toEqual([first.sessionId]);
  });

  it('hands it over once to two who race for it on two instances', async () => {
    for (const same of [true, false]) {
      const [ada, guest] = [await service.register(), await guestWithCart()];
      const bob = same ? ada : await service.register();
      const both = await Promise.all([signedIn(ada, guest, 0), signedIn(bob, guest, 1)]);
      expect((await session(guest)).body).toMatchObject({ endedBecause: 'replaced' });
      const carts = await Promise.all(both.map(async (tokens) => (await session(tokens)).body['data']));
      expect(carts.filter((data) => JSON.stringify(data) === JSON.stringify({ order: CART }))).toHaveLength(
        1,
      );
      expect(carts.filter((data) => JSON.stringify(data) === '{}')).toHaveLength(1);
      expect(await notesLeft()).toEqual([]);
    }
  });

  it('keeps its own cart when another guest signs in to the same account at the same time', async () => {
    const ada = await service.register();
    const [first, second] = [await guestWithCart(['tea']), await guestWithCart(['milk'])];
    const notes = provided(MergeNotes);
    const [add, of] = [notes.add.bind(notes), notes.of.bind(notes)];
    let looks = 0;
    let late: Promise<Tokens> | undefined;
    // The first is noted and no further when the second comes, and goes on once that has looked twice, or is through.
    jest.spyOn(notes, 'add').mockImplementationOnce(async (sessionId, userId) => {
      await add(sessionId, userId);
      const waits = new Promise<void>((resolve) => {
        jest.spyOn(notes, 'of').mockImplementation(async (account) => {
          if ((looks += 1) === 2) resolve();
          return of(account);
        });
      });
      late = signedIn(ada, second);
      await Promise.race([late, waits]);
    });
    const users = [await signedIn(ada, first), await late];
    const carts = await Promise.all(users.map(async (user) => (await session(user as Tokens)).body['data']));
    expect(carts).toEqual([{ order: { items: ['tea'] } }, { order: { items: ['milk'] } }]);
    expect(await notesLeft()).toEqual([]);
  });

  it('takes the cart along when all sessions of the account are ended meanwhile', async () => {
    const [ada, guest] = [await service.register(), await guestWithCart()];
    const adopt = manager().adopt.bind(manager());
    jest.spyOn(manager(), 'adopt').mockImplementationOnce(async (from, into) => {
      await manager().revokeAll(ada.id, 'logout');
      return adopt(from, into);
    });
    const user = await signedIn(ada, guest);
    expect((await session(user)).body['data']).toEqual({ order: CART });
    expect(await sessionsWithCart(ada)).toEqual([user.sessionId]);
  });
});

describe("a user's session that comes along", () => {
  it('is replaced and leaves nothing behind, whosever it is', async () => {
    const [ada, bob] = [await service.register(), await service.register()];
    for (const next of [ada, bob]) {
      const before = await signedIn(ada);
      await manager()
        ?.namespace(orderData)
        .update(before.sessionId, () => CART);
      const after = await signedIn(next, before);
      expect((await session(after)).body['data']).toEqual({});
      expect(await manager()?.adopt(before.sessionId, after.sessionId)).toBe(false);
      expect((await session(before)).body).toMatchObject({ endedBecause: 'replaced' });
    }
  });
});

describe('a crash during the sign-in of a guest', () => {
  /** What the sign-in does, in this order. */
  const steps = [
    ['note', () => provided(MergeNotes), 'add'],
    ['end of the guest', manager, 'replace'],
    ['begin of the session', manager, 'begin'],
    ['adoption', manager, 'adopt'],
    ['removal of the note', () => provided(MergeNotes), 'remove'],
  ] as const;

  /** The instance stops for good before or after a step; nothing of it cleans up. */
  function crash(step: (typeof steps)[number], isAfter: boolean): void {
    const [, subjectOf, method] = step;
    const subject = subjectOf() as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const genuine = subject[method]?.bind(subject);
    jest.spyOn(subject, method).mockImplementationOnce(async (...args) => {
      if (isAfter) await genuine?.(...args);
      throw new Error('crashed');
    });
    jest.spyOn(manager(), 'revoke').mockRejectedValueOnce(new Error('crashed'));
  }

  const points = steps.flatMap((step) => [
    [`before the ${step[0]}`, step, false] as const,
    [`after the ${step[0]}`, step, true] as const,
  ]);
  // After the last step only the answer is missing: as with one that is lost on its way, the session has the cart.
  const untilTheLast = points.slice(0, -1);

  describe.each(untilTheLast)('%s', (_where, step, isAfter) => {
    it.each([
      ['with', true],
      ['without', false],
    ])("loses and doubles nothing: signing in again %s the guest's credential", async (_how, again) => {
      const [ada, guest] = [await service.register(), await guestWithCart()];
      crash(step, isAfter);
      expect((await login(ada, guest)).status).toBe(500);
      jest.restoreAllMocks();
      await makeOlder();
      // Before the note is made nothing but the credential says whose the guest is.
      const isNoted = isAfter || step[0] !== 'note';
      const next = await signedIn(ada, again || !isNoted ? guest : undefined, 1);
      expect((await session(guest)).body).toMatchObject({ endedBecause: 'replaced' });
      expect(await sessionsWithCart(ada)).toEqual([next.sessionId]);
      expect(await notesLeft()).toEqual([]);
    });
  });

  it('is told from a sign-in that is still at work: that one keeps what it has', async () => {
    const [ada, guest] = [await service.register(), await guestWithCart()];
    const adopt = manager().adopt.bind(manager());
    const both: Promise<Tokens>[] = [];
    jest.spyOn(manager(), 'adopt').mockImplementationOnce(async (from, into) => {
      both.push(signedIn(ada, undefined, 1));
      return adopt(from, into);
    });
    both.unshift(signedIn(ada, guest));
    const [first] = await Promise.all(both.slice(0, 1));
    const second = await both[1];
    expect(await sessionsWithCart(ada)).toEqual([first?.sessionId]);
    expect((await session(second as Tokens)).body['data']).toEqual({});
  });

  /** As if the crash had been a while ago. */
  async function makeOlder(): Promise<void> {
    await service.database.pool.query(
      "UPDATE guest_merges SET created_at = created_at - interval '1 minute'",
    );
  }
});
