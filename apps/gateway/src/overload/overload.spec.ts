import type { RequestListener, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { call, type CallAnswer } from '../spec/call.js';
import { GatewayUnderTest, type TestGatewayOptions } from '../spec/gateway-under-test.js';
import { head, RawConnection } from '../spec/raw-http.js';
import { SessionWorld } from '../spec/session-world.js';
import { sayId, Upstream } from '../spec/upstream.js';

const TEN: TestGatewayOptions = { overload: { concurrency: { floor: 10, initial: 10, ceiling: 10 } } };

let gateway: GatewayUnderTest;
afterEach(() => gateway.stop());

/** A service that holds what it is asked until it is told to answer. */
class Held {
  readonly waiting: { readonly name: string; readonly response: ServerResponse }[] = [];
  readonly respond: RequestListener = (request, response) => {
    this.waiting.push({ name: `${request.method} ${request.url}`, response });
  };

  /** Answers the one that has waited longest. */
  release(): string | undefined {
    const next = this.waiting.shift();
    next?.response.end('{}');
    return next?.name;
  }
}

async function until(holds: () => boolean): Promise<void> {
  // Bounded by the test's own time.
  while (!holds()) await sleep(2);
}

async function start(options: TestGatewayOptions = TEN): Promise<{ held: Held; order: Upstream }> {
  const held = new Held();
  gateway = await GatewayUnderTest.start(options);
  const order = await Upstream.start('order-1', held.respond);
  gateway.use(order);
  return { held, order };
}

const ask = (path: string, method = 'GET', headers: Record<string, string> = {}) =>
  call(`${gateway.url}${path}`, { method, headers });
const view = () => gateway.overload.view()[0] ?? { inFlight: 0, waiting: 0, limit: 0 };
const waiting = (count: number) => until(() => view().waiting === count);

/** Asks for things one after the other, each once the one before waits. */
async function queue(requests: readonly (readonly [string, string])[]): Promise<Promise<CallAnswer>[]> {
  const answers: Promise<CallAnswer>[] = [];
  for (const [method, path] of requests) {
    const before = view().waiting;
    answers.push(ask(path, method));
    await waiting(before + 1);
  }
  return answers;
}

describe('a burst', () => {
  it('queues and is answered, all 200 of one client, while a service may have 10 in flight', async () => {
    const { held, order } = await start();
    const answers = Array.from({ length: 200 }, () => ask('/products'));
    await waiting(190);
    await until(() => held.waiting.length === 10);
    order.respond = sayId('order-1');
    while (held.release() !== undefined);
    expect((await Promise.all(answers)).filter(({ status }) => status !== 200)).toEqual([]);
    expect(view()).toMatchObject({ inFlight: 0, waiting: 0 });
  });
});

describe('G20: requests that wait', () => {
  it('have their turn by priority: orders, then the cart, then the list', async () => {
    const { held } = await start();
    const first = Array.from({ length: 10 }, () => ask('/cart'));
    await until(() => held.waiting.length === 10);
    const later = await queue([
      ['GET', '/products'],
      ['GET', '/cart'],
      ['GET', '/orders?limit=1'],
      ['POST', '/orders'],
      ['GET', '/orders/known'],
    ]);
    const served: (string | undefined)[] = [];
    for (let turn = 0; turn < 15; turn++) {
      await until(() => held.waiting.length > 0);
      served.push(held.release());
      // The next one comes before the one after it is let go.
      await until(() => held.waiting.length === Math.min(10, 14 - turn));
    }
    expect(served.slice(10)).toEqual([
      'POST /orders',
      'GET /cart',
      'GET /orders/known',
      'GET /products',
      'GET /orders?limit=1',
    ]);
    const answers = await Promise.all([...first, ...later]);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });

  it('are shed from the lowest on when all places are taken, with 503 and a Retry-After, and never seen by a service', async () => {
    const { held, order } = await start({
      overload: { concurrency: { floor: 1, initial: 1, ceiling: 1 }, admission: { waiting: 2 } },
    });
    const first = ask('/cart');
    await until(() => held.waiting.length === 1);
    const [list, cart] = await queue([
      ['GET', '/products'],
      ['GET', '/cart'],
    ]);
    const refused = await ask('/products');
    expect(refused).toMatchObject({ status: 503, body: { code: 'ERR_OVERLOADED' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(3);
    expect(refused.headers).toMatchObject({ 'x-served-by': 'gateway-t', 'x-request-id': expect.any(String) });
    const placed = ask('/orders', 'POST');
    // The list gives way to the order.
    expect(await list).toMatchObject({ status: 503, body: { code: 'ERR_OVERLOADED' } });
    await waiting(2);
    for (let turn = 0; turn < 3; turn++) {
      await until(() => held.waiting.length === 1);
      held.release();
    }
    expect((await Promise.all([first, cart, placed])).map((answer) => answer?.status)).toEqual([
      200, 200, 200,
    ]);
    expect(order.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /cart',
      'POST /orders',
      'GET /cart',
    ]);
  });

  it('recover by themselves: once the queue is gone, everything is served again', async () => {
    const { held, order } = await start({
      overload: { concurrency: { floor: 1, initial: 1, ceiling: 1 }, admission: { waiting: 1 } },
    });
    const first = ask('/cart');
    await until(() => held.waiting.length === 1);
    const second = await queue([['GET', '/cart']]);
    expect((await ask('/products')).status).toBe(503);
    order.respond = sayId('order-1');
    held.release();
    await Promise.all([first, ...second]);
    for (let time = 0; time < 5; time++) expect((await ask('/products')).status).toBe(200);
  });

  it('are forgotten when their client leaves, and so is the place of one that was served', async () => {
    const { held } = await start({ overload: { concurrency: { floor: 1, initial: 1, ceiling: 1 } } });
    const get = head('GET /cart HTTP/1.1', 'Host: a');
    const one = (await RawConnection.open(gateway.port)).send(get);
    await until(() => held.waiting.length === 1);
    const two = (await RawConnection.open(gateway.port)).send(get);
    await waiting(1);
    const three = ask('/cart');
    await waiting(2);
    two.socket.destroy();
    await waiting(1);
    one.socket.destroy();
    await until(() => held.waiting.length === 2);
    held.release();
    held.release();
    expect((await three).status).toBe(200);
    expect(view()).toMatchObject({ inFlight: 0, waiting: 0 });
  });
});

describe('a place in flight', () => {
  it('is not held by a client that sends its body slowly, nor by one that reads slowly', async () => {
    const { order } = await start({ overload: { concurrency: { floor: 1, initial: 1, ceiling: 1 } } });
    order.respond = sayId('order-1');
    const slow = await RawConnection.open(gateway.port);
    slow.send(head('POST /orders HTTP/1.1', 'Host: a', 'Content-Length: 10')).send('12345');
    await until(() => gateway.inFlight.count === 1);
    expect((await ask('/cart')).status).toBe(200);
    order.respond = (_request, response) => void response.writeHead(200).write('begun');
    const reader = (await RawConnection.open(gateway.port)).send(head('GET /cart HTTP/1.1', 'Host: a'));
    await reader.until(() => reader.text.includes('begun'));
    order.respond = sayId('order-1');
    expect((await ask('/cart')).status).toBe(200);
    slow.socket.destroy();
    reader.socket.destroy();
  });

  it('is given back when nobody could be reached', async () => {
    const { order } = await start();
    await order.kill();
    for (let time = 0; time < 30; time++) expect((await ask('/cart')).status).toBe(503);
    expect(view()).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  it('is not needed for what hashes passwords: its service has a lane for that', async () => {
    await start({ overload: { concurrency: { floor: 1, initial: 1, ceiling: 1 } } });
    const lane = new Held();
    gateway.use(await Upstream.start('auth-1', lane.respond));
    const logins = Array.from({ length: 5 }, () => ask('/auth/login', 'POST'));
    await until(() => lane.waiting.length === 5);
    while (lane.release() !== undefined);
    expect((await Promise.all(logins)).every(({ status }) => status === 200)).toBe(true);
  });

  it('is not needed where limits are switched off', async () => {
    const { held } = await start({ overload: { concurrency: undefined } });
    const answers = Array.from({ length: 250 }, () => ask('/products'));
    await until(() => held.waiting.length === 250);
    while (held.release() !== undefined);
    expect((await Promise.all(answers)).every(({ status }) => status === 200)).toBe(true);
    expect(gateway.overload.view()).toEqual([]);
  });
});

describe('G20: while the session store is away', () => {
  it('nobody is shed for waiting for it, and the limit is what it was', async () => {
    let isAway = false;
    const { held } = await start({
      overload: { concurrency: { floor: 4, initial: 4, ceiling: 500 }, isExcused: () => isAway },
    });
    isAway = true;
    const answers = Array.from({ length: 200 }, () => ask('/cart'));
    await until(() => held.waiting.length === 200);
    isAway = false;
    while (held.release() !== undefined);
    expect((await Promise.all(answers)).every(({ status }) => status === 200)).toBe(true);
    expect(view()).toMatchObject({ limit: 4, inFlight: 0 });
  });
});

describe('G20: a worker that cannot keep up itself', () => {
  it('sheds by priority before it looks at a cookie or reads a body', async () => {
    const world = new SessionWorld();
    const { cookie } = await world.signIn();
    const shed: string[] = [];
    const { order } = await start({
      world,
      overload: {
        guard: { sheds: (priority) => priority !== 'high', close: () => undefined },
        onShed: (service, priority, reason) => void shed.push(`${service} ${priority} ${reason}`),
      },
    });
    order.respond = sayId('order-1');
    const before = world.reads;
    for (const path of ['/products', '/cart']) {
      const answer = await ask(path, 'GET', { cookie: `__Host-session=${cookie}` });
      expect(answer).toMatchObject({ status: 503, body: { code: 'ERR_OVERLOADED' } });
    }
    const sending = await RawConnection.open(gateway.port);
    sending.send(head('PUT /cart/items/1 HTTP/1.1', 'Host: a', 'Content-Length: 10'));
    await sending.until(() => sending.text.includes('ERR_OVERLOADED'));
    sending.socket.destroy();
    expect(world.reads).toBe(before);
    expect(order.requests).toHaveLength(0);
    expect((await ask('/orders', 'POST')).status).toBe(200);
    expect(shed).toEqual(['order low worker', 'order normal worker', 'order normal worker']);
  });
});
