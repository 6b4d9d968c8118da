import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { SessionManager } from '@holdfast/session-core';
import { basket, RedisServer, wrappedBasket } from '@holdfast/session-testing';
import { Instances } from './spec/instances.js';

const instances = new Instances();
let server: RedisServer;

/** An instance of the service that owns the baskets, with its own connections. */
const instance = (): SessionManager => instances.add(server.url, { owner: 'shop' }).manager;

/** What the code that is being replaced does: one more of a product. */
const add = (manager: SessionManager, sessionId: string, id: string) =>
  manager.namespace(basket).update(sessionId, (held = { items: {} }) => ({
    ...held,
    items: { ...held.items, [id]: (held.items[id] ?? 0) + 1 },
  }));

/** What the code that replaces it does: one more of a product, wrapped. */
const addWrapped = (manager: SessionManager, sessionId: string, id: string) =>
  manager.namespace(wrappedBasket).update(sessionId, (held = { lines: {} }) => ({
    ...held,
    lines: { ...held.lines, [id]: { quantity: (held.lines[id]?.quantity ?? 0) + 1, isWrapped: true } },
  }));

async function begin(): Promise<string> {
  const client = { ip: '203.0.113.7', userAgent: 'spec' };
  const { session } = await instance().begin({ userId: randomUUID(), roles: ['user'], client });
  return session.record.sessionId;
}

beforeAll(async () => {
  server = await RedisServer.start();
});

afterAll(async () => {
  await instances.close();
  await server.dispose();
});

it('G17: instances of two versions take turns on one session, and each sees what the other did', async () => {
  const [older, newer] = [instance(), instance()];
  const sessionId = await begin();
  for (let turn = 1; turn <= 20; turn += 1) {
    await add(older, sessionId, 'tea');
    await addWrapped(newer, sessionId, 'cup');
    const plain = await older.namespace(basket).read(sessionId);
    expect(plain).toEqual({ version: 4 * turn - 2, value: { items: { tea: turn, cup: turn } } });
    await older.namespace(basket).update(sessionId, (held = { items: {} }) => held);
    const { value } = await newer.namespace(wrappedBasket).read(sessionId);
    expect(value).toEqual({
      lines: { tea: { quantity: turn, isWrapped: false }, cup: { quantity: turn, isWrapped: true } },
    });
    await newer.namespace(wrappedBasket).update(sessionId, (held = { lines: {} }) => held);
  }
});

it('G17: 200 parallel adds by two instances of each version all count, and nothing that one of them wrote is lost', async () => {
  const [older, newer] = [
    [instance(), instance()],
    [instance(), instance()],
  ];
  const sessionId = await begin();
  const adds = Array.from({ length: 50 }, (_, n) => [
    ...older.map((manager, i) => add(manager, sessionId, n % 2 ? 'tea' : `plain-${i}-${n}`)),
    ...newer.map((manager, i) => addWrapped(manager, sessionId, n % 2 ? 'cup' : `wrapped-${i}-${n}`)),
  ]);
  await Promise.all(adds.flat());
  const { version, value } = await instance().namespace(wrappedBasket).read(sessionId);
  expect(version).toBe(200);
  const lines = Object.entries(value?.lines ?? {});
  expect(lines).toHaveLength(102);
  expect(value?.lines).toMatchObject({
    tea: { quantity: 50, isWrapped: false },
    cup: { quantity: 50, isWrapped: true },
  });
  for (const [id, { isWrapped }] of lines) expect(isWrapped).toBe(/^(cup|wrapped)/.test(id));
  const { items } = (await instance().namespace(basket).read(sessionId)).value ?? {};
  expect(items).toEqual(Object.fromEntries(lines.map(([id, { quantity }]) => [id, quantity])));
});
