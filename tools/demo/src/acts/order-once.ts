import { randomUUID } from 'node:crypto';
import { expectStatus } from '@holdfast/fleet-client';
import type { Act } from '../stage.js';

/** One idempotency key, one order, however often it is sent. */
export const orderOnce: Act = {
  title: 'Place the order twice with one Idempotency-Key',
  async play({ laptop }) {
    const headers = { 'idempotency-key': randomUUID() };
    const place = () => laptop.call<{ id: string }>('POST', '/orders', { headers });
    const [first, second] = await Promise.all([place(), place()]);
    expectStatus('first order', 201, first);
    expectStatus('second order', 201, second);
    const listed = await laptop.call<{ orders: unknown[] }>('GET', '/orders');
    const count = expectStatus('orders', 200, listed).body.orders.length;
    return {
      promise: 'exactly one order',
      seen: `201 and 201, ${count} order, ${first.body.id === second.body.id ? 'the same id' : 'two ids'}`,
      held: count === 1 && first.body.id === second.body.id,
    };
  },
};
