import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ApiClient, Device, register, type Answer } from '@holdfast/fleet-client';
import { backUnderItsId, everybodyReady, gateway, gone, processes } from './fleet.js';

/** How often each fault is repeated: `npm run test:all` is more patient. */
const ROUNDS = process.env['TEST_LONG'] === '1' ? 5 : 1;

/** A client that keeps no connection: whatever it loses was lost by who held it. */
class FreshClient extends ApiClient {
  override call<T = Record<string, unknown>>(
    ...[method, path, call]: Parameters<ApiClient['call']>
  ): Promise<Answer<T>> {
    return super.call<T>(method, path, { ...call, headers: { ...call?.headers, connection: 'close' } });
  }
}

/** A client that keeps connections, and asks again over another one where one closed just as it sent: the limit of G4. */
class KeepingClient extends ApiClient {
  override async call<T = Record<string, unknown>>(
    ...request: Parameters<ApiClient['call']>
  ): Promise<Answer<T>> {
    try {
      return await super.call<T>(...request);
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as { code?: unknown };
      if (!['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(String(code))) throw error;
      return super.call<T>(...request);
    }
  }
}

/** So many clients that each send one request after the other, so that a busy machine is asked for no more than it can. */
function keepSending(clients: number, pauseMs: number, send: (index: number) => Promise<string | undefined>) {
  const failures: string[] = [];
  let [sent, isOver] = [0, false];
  const client = async (): Promise<void> => {
    while (!isOver) {
      const failure = await send((sent += 1)).catch((error: unknown) => inspect(error));
      if (failure !== undefined) failures.push(failure);
      await sleep(pauseMs);
    }
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  return {
    /** Waits for what is in flight; answers what went wrong. */
    stop: async (): Promise<readonly string[]> => {
      isOver = true;
      await all;
      expect(sent).toBeGreaterThan(clients);
      return failures;
    },
  };
}

/** Signed-in reads of all three services, in turn: ten in a second by each client. */
function readLoad(device: Device, clients: number) {
  const paths = ['/cart', '/users/me', '/auth/session', '/products', '/orders'];
  return keepSending(clients, 100, async (index) => {
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
      const load = readLoad(device, 10);
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const victim of await processes(role)) {
          await sleep(500);
          process.kill(victim.pid, 'SIGKILL');
          await backUnderItsId(victim);
        }
      }
      await sleep(500);
      expect(await load.stop()).toEqual([]);
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
    const { baseUrl } = await gateway();
    const api = new FreshClient(baseUrl);
    const device = await Device.ofNewUser(api);
    const [product] = (await api.call<{ products: { id: string }[] }>('GET', '/products')).body.products;
    const buyer = await register(api);
    const reads = [readLoad(device, 4), readLoad(device.at(new KeepingClient(baseUrl)), 4)];
    const orders = keepSending(2, 400, async () =>
      placeOrder(await Device.signIn(api, buyer), product?.id ?? ''),
    );
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const role of ['order', 'user', 'auth', 'gateway'] as const) {
        for (const instance of await processes(role)) {
          process.kill(instance.pid, 'SIGTERM');
          await backUnderItsId(instance);
        }
      }
    }
    const failures = await Promise.all([...reads, orders].map((load) => load.stop()));
    expect(failures.flat()).toEqual([]);
  });

  it('G3: kill -9 of a gateway worker under load costs at most what it held; the other goes on, and it comes back', async () => {
    const [victim] = await processes('gateway');
    if (victim === undefined) throw new Error('no gateway worker');
    const api = await gateway();
    const device = (await Device.ofNewUser(api)).at(new FreshClient(api.baseUrl));
    let isGone = false;
    let sentLater = 0;
    const load = keepSending(8, 20, async () => {
      // Whom it held it takes with it; who comes later is the other one's.
      const isLater = isGone;
      if (isLater) sentLater += 1;
      const answer = device.call('GET', '/cart');
      const { status } = await (isLater ? answer : answer.catch(() => ({ status: 200 })));
      return status === 200 ? undefined : `${status}`;
    });
    await sleep(500);
    process.kill(victim.pid, 'SIGKILL');
    await gone(victim);
    isGone = true;
    await backUnderItsId(victim);
    expect(await load.stop()).toEqual([]);
    expect(sentLater).toBeGreaterThan(0);
  });
});
