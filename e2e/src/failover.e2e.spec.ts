import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Device, openLoop, register } from '@holdfast/fleet-client';
import { backUnderItsId, everybodyReady, gateway, processes } from './fleet.js';

/** How often each fault is repeated: `npm run test:all` is more patient. */
const ROUNDS = process.env['TEST_LONG'] === '1' ? 5 : 1;

/** Signed-in reads of all three services, in turn. */
function readLoad(device: Device, ratePerSecond: number) {
  const paths = ['/cart', '/users/me', '/auth/session', '/products', '/orders'];
  return openLoop(ratePerSecond, async (index) => {
    const path = paths[index % paths.length] ?? '/cart';
    const { status, body } = await device.call('GET', path);
    return status === 200 ? undefined : `${path}: ${status} ${String(body['code'])}`;
  });
}

/** Fills a cart of its own and places one keyed order, once: a retry is the gateway's business. */
async function placeOrder(device: Device, productId: string): Promise<string | undefined> {
  const added = await device.call('POST', `/cart/items/${productId}/add`, {
    body: { by: 1 },
  });
  if (added.status !== 200) return `add: ${added.status}`;
  const placed = await device.call('POST', '/orders', { headers: { 'idempotency-key': randomUUID() } });
  return placed.status === 201 ? undefined : `order: ${placed.status} ${String(placed.body['code'])}`;
}

describe('failing over', () => {
  afterEach(everybodyReady);

  it.each(['order', 'user', 'auth'] as const)(
    'G2: kill -9 of one %s instance under load fails no read',
    async (role) => {
      const device = await Device.ofNewUser(await gateway());
      const load = readLoad(device, 100);
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const victim of await processes(role)) {
          await sleep(500);
          process.kill(victim.pid, 'SIGKILL');
          await backUnderItsId(victim);
        }
      }
      await sleep(500);
      const report = await load.stop();
      expect(report.failures).toEqual([]);
      expect(report.latenciesMs).toHaveLength(report.sent);
    },
  );

  it('G2: a burst of 200 reads in flight loses none when an instance is killed or stops answering', async () => {
    const device = await Device.ofNewUser(await gateway());
    for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
      const [victim] = await processes('order');
      if (victim === undefined) throw new Error('no order instance');
      const burst = Array.from({ length: 200 }, () => device.call('GET', '/cart'));
      await sleep(30);
      process.kill(victim.pid, signal);
      const answers = await Promise.allSettled(burst);
      // Before anything may fail: a process that was left standing still would spoil every test after this one.
      if (signal === 'SIGKILL') await backUnderItsId(victim);
      else process.kill(victim.pid, 'SIGCONT');
      const failed = answers.filter((answer) => answer.status === 'rejected' || answer.value.status !== 200);
      expect(failed).toEqual([]);
    }
  });

  it('G2: a keyed order is placed exactly once though the instance that works on it is killed', async () => {
    const api = await gateway();
    const [product] = (await api.call<{ products: { id: string }[] }>('GET', '/products')).body.products;
    const credentials = await register(api);
    const devices = await Promise.all(Array.from({ length: 30 }, () => Device.signIn(api, credentials)));
    const adds = devices.map((device) =>
      device.call('POST', `/cart/items/${product?.id}/add`, { body: { by: 1 } }),
    );
    await Promise.all(adds);
    const [victim] = await processes('order');
    if (victim === undefined) throw new Error('no order instance');

    const placing = devices.map(async (device, n) => {
      await sleep(n * 4);
      return device.call<{ id: string }>('POST', '/orders', { headers: { 'idempotency-key': randomUUID() } });
    });
    await sleep(40);
    process.kill(victim.pid, 'SIGKILL');
    const placed = await Promise.all(placing);

    expect(placed.filter(({ status }) => status !== 201)).toEqual([]);
    const listed = await devices[0]?.call<{ orders: { id: string }[] }>('GET', '/orders?limit=100');
    const ids = listed?.body.orders.map(({ id }) => id).sort();
    expect(ids).toEqual(placed.map(({ body }) => body.id).sort());
    const carts = await Promise.all(devices.map((device) => device.call('GET', '/cart')));
    expect(carts.filter(({ body }) => (body['items'] as unknown[]).length > 0)).toEqual([]);
    await backUnderItsId(victim);
  });

  it('G4: a rolling restart of every service instance and gateway worker under load fails nothing', async () => {
    const api = await gateway();
    const device = await Device.ofNewUser(api);
    const [product] = (await api.call<{ products: { id: string }[] }>('GET', '/products')).body.products;
    const buyer = await register(api);
    const reads = readLoad(device, 80);
    const orders = openLoop(4, async () => placeOrder(await Device.signIn(api, buyer), product?.id ?? ''));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const role of ['order', 'user', 'auth', 'gateway'] as const) {
        for (const instance of await processes(role)) {
          process.kill(instance.pid, 'SIGTERM');
          await backUnderItsId(instance);
        }
      }
    }
    const failures = [...(await reads.stop()).failures, ...(await orders.stop()).failures];
    expect(failures).toEqual([]);
  });

  it('G3: kill -9 of a gateway worker under load costs at most what it held; the other goes on, and it comes back', async () => {
    const [victim] = await processes('gateway');
    if (victim === undefined) throw new Error('no gateway worker');
    const device = await Device.ofNewUser(await gateway());
    const began: number[] = [];
    const load = openLoop(100, async (index) => {
      began[index] = performance.now();
      // Each on a connection of its own: a kept one is the client's to lose.
      const answer = await device
        .call('GET', '/cart', { headers: { connection: 'close' } })
        .catch(() => undefined);
      return answer?.status === 200 ? undefined : String(index);
    });
    await sleep(1_000);
    process.kill(victim.pid, 'SIGKILL');
    // What was sent in the same instant may have reached it as well.
    const goneAt = performance.now() + 100;
    await backUnderItsId(victim);
    const { failures } = await load.stop();
    const later = began.flatMap((beganAt, index) => (beganAt > goneAt ? [String(index)] : []));
    expect(later.length).toBeGreaterThan(0);
    expect(failures.filter(({ reason }) => later.includes(reason))).toEqual([]);
  });
});
