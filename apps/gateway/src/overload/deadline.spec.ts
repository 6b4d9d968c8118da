import { afterEach, describe, expect, it } from '@jest/globals';
import { call } from '../spec/call.js';
import { GatewayUnderTest, type TestGatewayOptions } from '../spec/gateway-under-test.js';
import { SessionWorld } from '../spec/session-world.js';
import { sayId, Upstream } from '../spec/upstream.js';
import { Deadline } from './deadline.js';

const DEFAULT_MS = 30_000;
const hang = () => undefined;
/** 30 s, of which a busy machine may have taken some. */
const isOurs = (toldMs: number) => toldMs > 20_000 && toldMs <= DEFAULT_MS;

let gateway: GatewayUnderTest;
let order: Upstream;
afterEach(() => gateway.stop());

async function start(options: TestGatewayOptions = {}): Promise<void> {
  gateway = await GatewayUnderTest.start(options);
  order = await Upstream.start('order-1');
  gateway.use(order);
}

const ask = (deadline: string | string[] | undefined, path = '/cart', headers: Record<string, string> = {}) =>
  call(`${gateway.url}${path}`, {
    headers: { ...headers, ...(deadline !== undefined && { 'x-deadline-ms': deadline }) },
  });

/** What the service is told. */
async function toldBy(deadline?: string | string[]): Promise<number> {
  const { body } = await ask(deadline);
  return Number((body.headers as Record<string, string>)['x-deadline-ms']);
}

describe('a deadline', () => {
  it('goes with each try: ours, or the client’s if that is sooner', async () => {
    await start();
    expect(isOurs(await toldBy())).toBe(true);
    const told = await toldBy('9000');
    expect(told).toBeLessThanOrEqual(9_000);
    expect(told).toBeGreaterThan(0);
  });

  it('of a client lengthens nothing, and is ignored where it is none', async () => {
    await start();
    for (const bad of ['60000', '', '-5', '1.5', '0x10', 'soon', '9999999999', ['5000', '6000']]) {
      expect([bad, isOurs(await toldBy(bad))]).toEqual([bad, true]);
    }
  });

  it('of a client ends what takes longer, with 504, and has no instance ejected', async () => {
    await start();
    const other = await Upstream.start('order-2');
    gateway.use(order, other);
    order.respond = hang;
    other.respond = hang;
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask('120')));
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 504, body: { code: 'ERR_UPSTREAM_TIMEOUT' } });
    }
    expect(gateway.upstreams.view().map(({ available, inFlight }) => [available, inFlight])).toEqual([
      [true, 0],
      [true, 0],
    ]);
  });

  it('of less than 100 ms is taken for 100 ms', async () => {
    expect(Deadline.of({ headers: { 'x-deadline-ms': '0' } })?.remainingMs).toBeGreaterThan(90);
    await start();
    order.respond = sayId('order-1');
    expect(await toldBy('0')).toBeGreaterThan(0);
  });

  it('bounds each try at an instance that hangs', async () => {
    await start({ settings: { tryTimeoutMs: 60 } });
    const other = await Upstream.start('order-2');
    gateway.use(order, other);
    const told: number[] = [];
    for (const each of [order, other]) {
      each.respond = (request, response) => {
        told.push(Number(request.headers['x-deadline-ms']));
        if (told.length === 2) sayId(each.id)(request, response);
      };
    }
    const answer = await ask('4000');
    expect([answer.status, answer.headers['x-retries']]).toEqual([200, '1']);
    const [first = 0, second = 0] = told;
    expect(second).toBeLessThanOrEqual(first - 59);
  });

  it('bounds the look at a cookie', async () => {
    const world = new SessionWorld();
    const { cookie } = await world.signIn();
    world.beforeAnswer = () => new Promise(hang);
    await start({ world });
    gateway.use(order, await Upstream.start('auth-1', world.auth(sayId('auth-1'))));
    const answer = await ask('150', '/cart', { cookie: `__Host-session=${cookie}` });
    expect(answer).toMatchObject({ status: 504, body: { code: 'ERR_UPSTREAM_TIMEOUT' } });
    expect(order.requests).toHaveLength(0);
  });

  it('bounds how long one waits for its turn', async () => {
    await start({ overload: { concurrency: { floor: 1, initial: 1, ceiling: 1 } } });
    order.respond = hang;
    const first = ask('3000');
    while (order.requests.length === 0) await new Promise(setImmediate);
    expect(await ask('300')).toMatchObject({ status: 503, body: { code: 'ERR_OVERLOADED' } });
    await order.kill();
    await first;
  });
});
