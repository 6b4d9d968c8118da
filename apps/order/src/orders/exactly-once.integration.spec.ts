import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { Answer } from '@holdfast/service-testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Carts } from '../cart/carts.js';
import { Catalogue } from '../products/catalogue.js';
import { signIn, startOrderFleet, type OrderFleet } from '../testing/order-fleet.js';
import type { Shopper } from '../testing/shopper.js';
import { Settlement } from './settlement.js';
import { SettlementSweep } from './settlement-sweep.js';

let fleet: OrderFleet;
let ada: Shopper;

beforeAll(async () => {
  fleet = await startOrderFleet(2, process.env);
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  ada = await signIn(fleet);
});
afterEach(() => {
  jest.restoreAllMocks();
});

const inParallel = (count: number, place: (n: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: count }, (_, n) => place(n)));

async function ordersOf({ userId }: Shopper): Promise<{ id: string; settled: boolean }[]> {
  const query = 'select id, settled_at is not null as settled from orders where user_id = $1';
  return (await fleet.database.query<{ id: string; settled: boolean }>(query, [userId])).rows;
}

/** What an instance leaves that dies right after the commit: nothing of the settling happens. */
async function crashAfterCommit(at: number, place: () => Promise<Answer>): Promise<Answer> {
  const settlement = fleet.services[at]?.app.get(Settlement, { strict: false });
  if (settlement === undefined) throw new Error('no such instance');
  const crash = jest.spyOn(settlement, 'settle').mockRejectedValue(new Error('killed'));
  const answer = await place();
  crash.mockRestore();
  expect((await ordersOf(ada)).map(({ settled }) => settled)).toContain(false);
  return answer;
}

/** Half a step further: the items have left the cart, but that is noted nowhere. */
async function crashAfterSettling(at: number, place: () => Promise<Answer>): Promise<Answer> {
  const service = fleet.services[at];
  const settlement = service?.app.get(Settlement, { strict: false });
  const carts = service?.app.get(Carts, { strict: false });
  if (settlement === undefined || carts === undefined) throw new Error('no such instance');
  const crash = jest
    .spyOn(settlement, 'settle')
    .mockImplementation(async ({ id, sessionId, cartVersion, items }) => {
      await carts.settle(sessionId, { orderId: id, cartVersion, items });
      throw new Error('killed');
    });
  const answer = await place();
  crash.mockRestore();
  return answer;
}

describe('an order with one key', () => {
  it('G2: is placed once, however many ask for it at once on two instances, and each gets the same 201', async () => {
    await ada.put('moka-pot', 2);
    const answers = await inParallel(20, (at) => ada.order('one-key', { at }));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await ordersOf(ada)).toEqual([{ id: answers[0]?.body['id'], settled: true }]);
    expect(await ada.cart()).toEqual({});
  });

  it('answers the same bytes later, from another session of the user and after the cart was filled again', async () => {
    await ada.put('moka-pot', 1);
    const first = await ada.order('later');
    await ada.put('moka-pot', 5);
    expect((await ada.order('later', { at: 1 })).text).toBe(first.text);
    const phone = await signIn(fleet, { userId: ada.userId });
    expect((await phone.order('later')).text).toBe(first.text);
    expect(await ada.cart()).toEqual({ 'moka-pot': 5 });
  });

  it('is refused with another body', async () => {
    await ada.put('moka-pot', 1);
    expect((await ada.order('k', { body: { cartVersion: 1 } })).status).toBe(201);
    expect((await ada.order('k', { body: { cartVersion: 1 }, at: 1 })).status).toBe(201);
    for (const body of [{ cartVersion: 2 }, {}, undefined]) {
      expect(await ada.order('k', { body })).toMatchObject({ status: 409, body: { code: 'ERR_CONFLICT' } });
    }
  });

  it("is nobody else's: the same key of another user orders for that user", async () => {
    const eve = await signIn(fleet);
    await Promise.all([ada.put('moka-pot', 1), eve.put('milk-jug', 1)]);
    const [hers, eves] = await Promise.all([ada.order('k'), eve.order('k')]);
    expect([hers.status, eves.status]).toEqual([201, 201]);
    expect(hers.body['id']).not.toBe(eves.body['id']);
  });

  it('begins anew after 24 hours', async () => {
    await ada.put('moka-pot', 1);
    const first = await ada.order('k');
    const age = (interval: string) =>
      fleet.database.query(
        `update idempotency_keys set created_at = now() - interval '${interval}' where user_id = $1`,
        [ada.userId],
      );
    await age('23 hours 59 minutes');
    expect((await ada.order('k')).text).toBe(first.text);
    await age('24 hours 1 second');
    expect((await ada.order('k')).status).toBe(409);
    await ada.put('moka-pot', 1);
    const second = await ada.order('k');
    expect(second.status).toBe(201);
    expect(second.body['id']).not.toBe(first.body['id']);
    expect((await ada.order('k')).text).toBe(second.text);
  });
});

describe('one cart', () => {
  it('is ordered once by 20 parallel requests with different keys; the others find it empty', async () => {
    await ada.put('moka-pot', 2);
    const answers = await inParallel(20, (at) => ada.order(`key-${at}`, { at }));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    expect(await ordersOf(ada)).toHaveLength(1);
    expect(await ada.cart()).toEqual({});
  });

  it('loses nothing that is added while it is ordered', async () => {
    await ada.put('milk-jug', 1);
    const adds = inParallel(40, (at) =>
      ada.call('POST', '/cart/items/house-blend/add', { body: { by: 1 }, at }),
    );
    const orders = inParallel(10, (at) => ada.order(`key-${at}`, { at }));
    await Promise.all([adds, orders]);
    const ordered = (await ada.call('GET', '/orders?limit=100')).body['orders'] as {
      items: { productId: string; quantity: number }[];
    }[];
    const items = ordered
      .flatMap((order) => order.items)
      .filter(({ productId }) => productId === 'house-blend');
    const inOrders = items.reduce((sum, { quantity }) => sum + quantity, 0);
    expect(inOrders + ((await ada.cart())['house-blend'] ?? 0)).toBe(40);
  });

  it('is ordered for one user at a time, on as many sessions as there are', async () => {
    const devices = await Promise.all(
      Array.from({ length: 30 }, () => signIn(fleet, { userId: ada.userId })),
    );
    await Promise.all(devices.map((device, at) => device.put('milk-jug', 1, at)));
    const answers = await Promise.all(devices.map((device, at) => device.order(randomUUID(), { at })));
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    expect(await ordersOf(ada)).toHaveLength(30);
  });
});

describe.each([
  ['after the commit', crashAfterCommit],
  ['after the settling, before that is noted', crashAfterSettling],
])('an instance that dies %s', (_when, crash) => {
  it('G2: has ordered: the same key gives the same 201 on another instance, which finishes the settling', async () => {
    await ada.put('moka-pot', 2);
    const died = await crash(0, () => ada.order('k'));
    const repeated = await ada.order('k', { at: 1 });
    expect({ status: repeated.status, text: repeated.text }).toEqual({ status: 201, text: died.text });
    expect(await ordersOf(ada)).toEqual([{ id: died.body['id'], settled: true }]);
    expect(await ada.cart()).toEqual({});
  });

  it('G2: leaves nothing that a different key could order again', async () => {
    await ada.put('moka-pot', 2);
    await crash(0, () => ada.order('k'));
    expect(await ada.order('other', { at: 1 })).toMatchObject({
      status: 409,
      body: { code: 'ERR_CONFLICT' },
    });
    await ada.call('POST', '/cart/items/milk-jug/add', { body: { by: 1 } });
    const next = await ada.order('third', { at: 1 });
    expect(next.body['items']).toEqual([expect.objectContaining({ productId: 'milk-jug', quantity: 1 })]);
    expect(await ordersOf(ada)).toHaveLength(2);
  });

  it('leaves what was added and set after the order', async () => {
    await ada.put('moka-pot', 2);
    await ada.put('hand-grinder', 1);
    await crash(0, () => ada.order('k'));
    await ada.call('POST', '/cart/items/moka-pot/add', { body: { by: 3 } });
    await ada.put('hand-grinder', 4);
    await Promise.all([ada.order('k'), ada.order('k', { at: 1 })]);
    expect(await ada.cart()).toEqual({ 'moka-pot': 3, 'hand-grinder': 4 });
  });

  it('is tidied up after by any instance, though nobody repeats the order', async () => {
    await ada.put('moka-pot', 2);
    await crash(0, () => ada.order('k'));
    await fleet.services[1]?.app.get(SettlementSweep, { strict: false }).sweep(0);
    expect((await ordersOf(ada)).map(({ settled }) => settled)).toEqual([true]);
    expect(await ada.cart()).toEqual({});
  });
});

describe('an order of which the session has ended', () => {
  it('stands, and counts as settled: its cart went with the session', async () => {
    await ada.put('moka-pot', 2);
    const died = await crashAfterCommit(0, () => ada.order('k'));
    await ada.sessions.revoke(ada.sessionId, 'logout');
    await fleet.services[1]?.app.get(SettlementSweep, { strict: false }).sweep(0);
    expect(await ordersOf(ada)).toEqual([{ id: died.body['id'], settled: true }]);
    const again = await signIn(fleet, { userId: ada.userId });
    expect((await again.order('k')).text).toBe(died.text);
  });
});

describe('the sweep', () => {
  it('forgets keys whose window is over, and no others', async () => {
    await ada.put('moka-pot', 1);
    await ada.order('old');
    await fleet.database.query(
      "update idempotency_keys set created_at = now() - interval '25 hours' where key = 'old'",
    );
    await ada.put('moka-pot', 1);
    await ada.order('new');
    await fleet.services[0]?.app.get(SettlementSweep, { strict: false }).sweep();
    const { rows } = await fleet.database.query('select key from idempotency_keys where user_id = $1', [
      ada.userId,
    ]);
    expect(rows).toEqual([{ key: 'new' }]);
  });
});

describe('an instance that stands still in the middle of an order', () => {
  it('is not waited for: a duplicate orders on another instance, and what comes late changes nothing', async () => {
    await ada.put('moka-pot', 1);
    const catalogue = fleet.services[0]?.app.get(Catalogue, { strict: false });
    if (catalogue === undefined) throw new Error('no such instance');
    const find = catalogue.find.bind(catalogue);
    const moments = new EventEmitter();
    const stopped = once(moments, 'stopped');
    const goOn = once(moments, 'go on');
    jest.spyOn(catalogue, 'find').mockImplementationOnce(async (ids, executor) => {
      moments.emit('stopped');
      await goOn;
      return find(ids, executor);
    });
    const late = ada.order('k');
    await stopped;
    const placed = await ada.order('k', { at: 1 });
    expect(placed.status).toBe(201);
    moments.emit('go on');
    expect((await late).status).toBe(503);
    expect((await ada.order('k')).text).toBe(placed.text);
    expect(await ordersOf(ada)).toEqual([{ id: placed.body['id'], settled: true }]);
  });
});

describe('a lost database connection', () => {
  it('answers 503, and the same key then orders once', async () => {
    await ada.put('moka-pot', 1);
    const blocker = await fleet.database.connect();
    await blocker.query('begin');
    await blocker.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [ada.userId]);
    const waiting = ada.order('k');
    const waits = `select pid from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`;
    let pids: { pid: number }[] = [];
    while (pids.length === 0) pids = (await fleet.database.query<{ pid: number }>(waits)).rows;
    await fleet.database.query('select pg_terminate_backend($1)', [pids[0]?.pid]);
    expect(await waiting).toMatchObject({ status: 503, body: { code: 'ERR_UPSTREAM_UNAVAILABLE' } });
    await blocker.query('rollback');
    blocker.release();
    expect((await ada.order('k', { at: 1 })).status).toBe(201);
    expect(await ordersOf(ada)).toHaveLength(1);
  });
});

describe('what is logged of an order that stays unsettled', () => {
  it('is the error itself, not its text, which would show the values of the statement', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    await ada.put('espresso-cup', 1);
    await crashAfterCommit(0, () => ada.order('k'));
    expect(warn).toHaveBeenCalledWith(expect.not.stringContaining('killed'), expect.any(Error));
  });
});
