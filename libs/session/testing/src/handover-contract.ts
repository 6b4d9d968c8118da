import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import {
  DEFAULT_SESSION_SETTINGS,
  RefreshTokens,
  SessionManager,
  StoreUnavailableError,
  type SessionStore,
} from '@holdfast/session-core';
import { anyData } from './sample-namespaces.js';
import { randomUser, type StoreHarness } from './store-harness.js';

const CART = { items: [{ productId: 'tea', quantity: 2 }] };
const DATA = { cart: CART, user: { locale: 'de' }, views: 7 };
const cart = anyData('cart', 'contract');
const client = { ip: '203.0.113.7', userAgent: 'contract' };

/** How a store breaks: its k-th call fails, before it had an effect or after it. Later ones fail as well. */
interface Breaking {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** The hand-over of a guest's data, through the manager, while the store or the process breaks. */
export function describeHandOver(harness: StoreHarness): void {
  const key = randomBytes(32).toString('base64url');
  const managerOf = (store: SessionStore, guestId: string): SessionManager => {
    const refreshTokens = new RefreshTokens({ activeKeyId: 'k1', keys: { k1: key } }, harness.ids);
    const pause = (ms: number): Promise<void> => harness.driver.advance(guestId, ms);
    return new SessionManager({
      store,
      ids: harness.ids,
      refreshTokens,
      settings: DEFAULT_SESSION_SETTINGS,
      owner: 'contract',
      pause,
    });
  };

  /** A guest with data, replaced; and a manager for those who follow. */
  const replaced = async () => {
    const guestId = randomUser();
    const manager = managerOf(harness.store, guestId);
    const input = { userId: guestId, roles: ['guest'], client, guest: true };
    const from = (await manager.begin(input)).session.record.sessionId;
    for (const [name, value] of Object.entries(DATA))
      await manager.namespace(anyData(name, 'contract')).update(from, () => value);
    expect(await manager.replace(from)).toMatchObject({ revoked: 1 });
    return { from, guestId, manager, userId: randomUser() };
  };
  const begin = async (manager: SessionManager, userId: string) =>
    (await manager.begin({ userId, roles: ['user'], client })).session.record.sessionId;

  it('hands all data over once: a repeat adopts nothing', async () => {
    const { from, manager, userId } = await replaced();
    const into = await begin(manager, userId);
    expect(await manager.adopt(from, into)).toBe(true);
    expect(await manager.allData(into)).toEqual(DATA);
    await manager.namespace(cart).update(into, () => 'ordered');
    expect(await manager.adopt(from, into)).toBe(false);
    expect(await manager.adopt(from, await begin(manager, userId))).toBe(false);
    expect(await manager.replace(from)).toMatchObject({ revoked: 0 });
    expect(await manager.allData(into)).toEqual({ ...DATA, cart: 'ordered' });
    expect(await manager.list(userId)).toHaveLength(2);
  });

  it('leaves alone what the new session has written itself', async () => {
    const { from, manager, userId } = await replaced();
    const into = await begin(manager, userId);
    await manager.namespace(cart).update(into, () => 'own');
    expect(await manager.adopt(from, into)).toBe(true);
    expect(await manager.allData(into)).toEqual({ ...DATA, cart: 'own' });
  });

  it('does not care how often one session adopts at once', async () => {
    const { from, manager, userId } = await replaced();
    const into = await begin(manager, userId);
    const answers = await Promise.all(Array.from({ length: 10 }, () => manager.adopt(from, into)));
    expect(answers).toContain(true);
    expect(await manager.allData(into)).toEqual(DATA);
  });

  it('gives the data to one of ten sessions that adopt at once', async () => {
    const { from, manager, userId } = await replaced();
    const all = await Promise.all(Array.from({ length: 10 }, () => begin(manager, userId)));
    const answers = await Promise.allSettled(all.map((into) => manager.adopt(from, into)));
    expect(answers.filter((one) => one.status === 'fulfilled' && one.value)).toHaveLength(1);
    expect(await holders(manager, all)).toHaveLength(1);
  });

  it('hands nothing to a session that is over', async () => {
    const { from, guestId, manager, userId } = await replaced();
    const into = await begin(manager, userId);
    await manager.revoke(into, 'logout');
    await expect(manager.adopt(from, into)).rejects.toMatchObject({ ended: { because: 'logout' } });
    await harness.driver.advance(guestId, 2_000);
    const next = await begin(manager, userId);
    expect(await manager.adopt(from, next)).toBe(true);
    expect(await manager.allData(next)).toEqual(DATA);
  });

  it('ends a session that was so slow that another adopted', async () => {
    const { from, guestId, manager, userId } = await replaced();
    const [slow, next] = [await begin(manager, userId), await begin(manager, userId)];
    const overtaken = managerOf(
      intercepted(harness.store, async (method) => {
        if (method !== 'dropParcel') return;
        await harness.driver.advance(guestId, 2_000);
        expect(await manager.adopt(from, next)).toBe(true);
      }),
      guestId,
    );
    await expect(overtaken.adopt(from, slow)).rejects.toMatchObject({ ended: { because: 'replaced' } });
    expect(await holders(manager, [slow, next])).toEqual([next]);
    expect(await manager.allData(next)).toEqual(DATA);
  });

  it('ends a session that was so slow that another claimed, also when that one then broke', async () => {
    const { from, guestId, manager, userId } = await replaced();
    const [slow, broken, next] = [
      await begin(manager, userId),
      await begin(manager, userId),
      await begin(manager, userId),
    ];
    const overtaken = managerOf(
      intercepted(harness.store, async (method) => {
        if (method !== 'dropParcel') return;
        await harness.driver.advance(guestId, 2_000);
        expect(await harness.store.claimParcel(from, broken, 2_000)).toMatchObject({ formerly: [slow] });
      }),
      guestId,
    );
    await expect(overtaken.adopt(from, slow)).rejects.toMatchObject({ ended: { because: 'replaced' } });
    expect(await manager.adopt(from, next)).toBe(true);
    expect(await holders(manager, [slow, broken, next])).toEqual([next]);
  });

  it.each(['before', 'after'] as const)(
    'loses nothing and adopts nothing twice when the store breaks %s any step',
    async (when) => {
      for (let at = 1; ; at += 1) {
        const { from, guestId, manager, userId } = await replaced();
        const first = await begin(manager, userId);
        const store = breaking(harness.store, { at, when });
        const outcome = await managerOf(store, guestId)
          .adopt(from, first)
          .catch((error: unknown) => error);
        const next = await begin(manager, userId);
        const adopted = await manager.adopt(from, next);
        const holding = await holders(manager, [first, next]);
        expect({ at, holding }).toEqual({ at, holding: [adopted ? next : first] });
        expect(await manager.allData(adopted ? next : first)).toEqual(DATA);
        if (outcome === true) break;
        expect(outcome).toBeInstanceOf(StoreUnavailableError);
      }
    },
  );

  it.each(['before', 'after'] as const)(
    'finishes a hand-over by its repetition with the same session when the store broke %s any step',
    async (when) => {
      for (let at = 1; ; at += 1) {
        const { from, guestId, manager, userId } = await replaced();
        const into = await begin(manager, userId);
        const store = breaking(harness.store, { at, when });
        const outcome = await managerOf(store, guestId)
          .adopt(from, into)
          .catch((error: unknown) => error);
        await manager.adopt(from, into);
        expect(await manager.allData(into)).toEqual(DATA);
        expect(await manager.adopt(from, await begin(manager, userId))).toBe(false);
        if (outcome === true) break;
      }
    },
  );
}

/** Those of the sessions that are live and hold any of the data. */
async function holders(manager: SessionManager, sessionIds: readonly string[]): Promise<readonly string[]> {
  const data = await Promise.all(sessionIds.map((id) => manager.allData(id)));
  return sessionIds.filter((_id, i) => Object.keys(data[i] ?? {}).length > 0);
}

function breaking(store: SessionStore, { at, when }: Breaking): SessionStore {
  let calls = 0;
  return intercepted(
    store,
    async () => {
      calls += 1;
      if (calls > at || (calls === at && when === 'before')) throw new StoreUnavailableError();
    },
    async () => {
      if (calls >= at && when === 'after') throw new StoreUnavailableError();
    },
  );
}

type Hook = (method: string) => Promise<void>;

function intercepted(store: SessionStore, before: Hook, after: Hook = async () => undefined): SessionStore {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        await before(String(name));
        const answer: unknown = await Reflect.apply(member, target, args);
        await after(String(name));
        return answer;
      };
    },
  });
}
