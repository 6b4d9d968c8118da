import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GatewayUnderTest, type TestGatewayOptions } from '../spec/gateway-under-test.js';
import { sayId, Upstream } from '../spec/upstream.js';

let gateway: GatewayUnderTest;
let one: Upstream;
let two: Upstream;

async function start(options: TestGatewayOptions = {}): Promise<void> {
  gateway = await GatewayUnderTest.start(options);
  one = await Upstream.start('order-1');
  two = await Upstream.start('order-2');
  gateway.use(one, two);
}

beforeEach(() => start());
afterEach(() => gateway.stop());

const hang = () => undefined;
/** For one try: longer than an answer takes on a busy machine. */
const TRY_MS = 200;

/** Requests until `one` was chosen for `count` of them. */
async function meetOne(send: () => Promise<Response>, count = 1): Promise<Response[]> {
  const answers: Response[] = [];
  for (let tries = 0; one.requests.length < count && tries < 200; tries++) answers.push(await send());
  return answers;
}

const place = (headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}/orders`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json', ...headers },
  });
const list = () => fetch(`${gateway.url}/orders`);

describe('an instance that dies', () => {
  it('bitten 8: a connection that is reset before any byte costs a GET nothing', async () => {
    one.respond = (request) => request.socket.resetAndDestroy();
    const answers = await meetOne(list);
    expect(answers.map(({ status }) => status).every((status) => status === 200)).toBe(true);
    const retried = answers.find((answer) => answer.headers.get('x-retries') === '1');
    expect(retried?.headers.get('x-served-by')).toBe('order-2');
  });

  it('bitten 8: a kept connection that the only instance closed is tried once more', async () => {
    await two.stop();
    gateway.upstreams.update([one.member()]);
    await list();
    // Answers by closing the kept connection, once.
    one.respond = (request) => {
      one.respond = sayId('order-1');
      request.socket.resetAndDestroy();
    };
    const answer = await list();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-retries')).toBe('1');
  });

  it('G2: repeats a POST with an Idempotency-Key, body and key the same', async () => {
    one.respond = (request) => request.socket.resetAndDestroy();
    const answers = await meetOne(() => place({ 'idempotency-key': 'k-1' }), 2);
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      const echo = (await answer.json()) as { headers: Record<string, string>; bytes: number };
      expect(echo.headers['idempotency-key']).toBe('k-1');
      expect(echo.bytes).toBe(2);
    }
  });

  it('never repeats a POST without a key, or one whose route declares none', async () => {
    one.respond = (request) => request.socket.resetAndDestroy();
    const answers = await meetOne(place);
    expect(answers.at(-1)?.status).toBe(503);
    expect(await answers.at(-1)?.json()).toMatchObject({ code: 'ERR_UPSTREAM_UNAVAILABLE' });
    const add = () =>
      fetch(`${gateway.url}/cart/items/1/add`, {
        method: 'POST',
        body: '{}',
        headers: { 'idempotency-key': 'k' },
      });
    // Nobody would choose it for a second now, if there were another.
    gateway.upstreams.update([one.member()]);
    one.requests.length = 0;
    expect((await add()).status).toBe(503);
    expect(one.requests).toHaveLength(1);
  });

  it('sends a POST elsewhere when the connection was refused: nothing was sent', async () => {
    await one.kill();
    for (let time = 0; time < 20; time++) expect((await place()).status).toBe(200);
    expect(two.requests).toHaveLength(20);
  });

  it('answers 503 with Retry-After as a problem document when nobody is there', async () => {
    await Promise.all([one.kill(), two.kill()]);
    const answer = await list();
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.headers.get('x-retries')).toBe('1');
    expect(await answer.json()).toMatchObject({
      code: 'ERR_UPSTREAM_UNAVAILABLE',
      requestId: expect.any(String),
    });
    gateway.upstreams.update([]);
    expect((await fetch(`${gateway.url}/users/me`)).status).toBe(503);
  });

  it('G2: costs no GET and no keyed POST under load', async () => {
    let failed = 0;
    let done = false;
    let number = 0;
    const client = async () => {
      while (!done) {
        const answer = number++ % 2 ? await list() : await place({ 'idempotency-key': `k-${number}` });
        if (answer.status !== 200) failed += 1;
        await answer.text();
      }
    };
    const clients = Array.from({ length: 30 }, client);
    while (one.requests.length < 100) await sleep(1);
    await one.kill();
    for (const before = number; number < before + 300;) await sleep(1);
    done = true;
    await Promise.all(clients);
    expect(failed).toBe(0);
  });
});

describe('the retry budget', () => {
  it('G2: moves the 200 requests that an idle gateway had at an instance when it was killed', async () => {
    await gateway.stop();
    await start({ overload: { concurrency: undefined } });
    gateway.upstreams.update([one.member()]);
    one.respond = hang;
    const held = Array.from({ length: 200 }, list);
    while (one.requests.length < 200) await sleep(5);
    gateway.upstreams.update([one.member(), two.member()]);
    await one.kill();
    const answers = await Promise.all(held);
    expect(answers.filter(({ status }) => status !== 200)).toHaveLength(0);
    expect(two.requests).toHaveLength(200);
  });

  it('bounds what is sent again when all instances break their connections', async () => {
    const breakOff: RequestListener = (request) => request.socket.resetAndDestroy();
    one.respond = breakOff;
    two.respond = breakOff;
    let left = 100;
    let refused = 0;
    const client = async () => {
      while (left-- > 0) if ((await list()).status === 503) refused += 1;
    };
    await Promise.all(Array.from({ length: 25 }, client));
    expect(refused).toBe(100);
    // Each once, 20 %, 100 for 10 s of the floor, and what the first broke off while the other still seemed well.
    expect(one.requests.length + two.requests.length).toBeLessThan(100 + 20 + 100 + 25);
  });
});

describe('an instance that turns requests away', () => {
  const turnAway = (headers: Record<string, string> = { 'retry-after': '1' }) => {
    one.respond = (_request, response) => void response.writeHead(503, headers).end('draining');
  };

  it.each([
    ['drains and says so', { 'retry-after': '1' }],
    ['is broken and says nothing more', {}],
  ])('is left for another one if that is safe, where it %s', async (_what, headers) => {
    turnAway(headers);
    const [answer] = (await meetOne(list)).slice(-1);
    expect(answer?.status).toBe(200);
    expect(answer?.headers.get('x-served-by')).toBe('order-2');
    expect(answer?.headers.get('x-retries')).toBe('1');
  });

  it('hands the 503 on if it is not', async () => {
    turnAway();
    const [answer] = (await meetOne(place)).slice(-1);
    expect(answer?.status).toBe(503);
    expect(await answer?.text()).toBe('draining');
  });

  it('hands the 503 on if there is nobody else', async () => {
    turnAway();
    gateway.upstreams.update([one.member()]);
    const answer = await list();
    expect(answer.status).toBe(503);
    expect(await answer.text()).toBe('draining');
  });
});

describe('an instance that hangs', () => {
  beforeEach(async () => {
    await gateway.stop();
    await start({ settings: { tryTimeoutMs: TRY_MS, deadlineMs: 30_000 } });
    one.respond = hang;
  });

  it('is left by a safe request after the time for one try, and avoided by the next', async () => {
    const [answer] = (await meetOne(list)).slice(-1);
    expect(answer?.status).toBe(200);
    expect(answer?.headers.get('x-retries')).toBe('1');
    const met = one.requests.length;
    for (let time = 0; time < 20; time++) await list();
    expect(one.requests).toHaveLength(met);
  });

  it('is left long before that when several wait for it in vain, and is ejected', async () => {
    await gateway.stop();
    // So long that only the silence can be why.
    await start({ settings: { silenceMs: TRY_MS, tryTimeoutMs: 60_000, deadlineMs: 60_000 } });
    await Promise.all(Array.from({ length: 20 }, list));
    one.respond = hang;
    // Slow enough that as many are in flight at one as at the other.
    two.respond = (_request, response) => void setTimeout(() => response.end('[]'), 50);
    const answers = await Promise.all(Array.from({ length: 40 }, list));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(answers.some(({ headers }) => headers.get('x-retries') === '1')).toBe(true);
    const [hung] = gateway.upstreams.view();
    expect(hung).toMatchObject({ id: 'order-1', available: false, circuit: 'open' });
  });

  it('costs an unsafe request a 504 at the deadline', async () => {
    await gateway.stop();
    await start({ settings: { tryTimeoutMs: TRY_MS, deadlineMs: 600 } });
    one.respond = hang;
    const [answer] = (await meetOne(place)).slice(-1);
    expect(answer?.status).toBe(504);
    expect(await answer?.json()).toMatchObject({ code: 'ERR_UPSTREAM_TIMEOUT' });
  });

  it('is waited for past the time for one try if there is nobody else', async () => {
    gateway.upstreams.update([one.member()]);
    one.respond = (_request, response) => void setTimeout(() => response.end('late'), 2 * TRY_MS);
    const answer = await list();
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('late');
  });

  it('is waited for longer while all wait for something that they share, and once only', async () => {
    await gateway.stop();
    let overtimeMs = 20_000;
    await start({ settings: { tryTimeoutMs: TRY_MS, overtimeMs: () => overtimeMs, deadlineMs: 30_000 } });
    for (const each of [one, two]) {
      each.respond = (_request, response) => void setTimeout(() => response.end('waited'), 2 * TRY_MS);
    }
    const patient = await list();
    expect(patient.headers.get('x-retries')).toBeNull();
    expect(await patient.text()).toBe('waited');
    // Longer than an answer takes: who answers is not left just then.
    overtimeMs = 4 * TRY_MS;
    one.respond = hang;
    const met = one.requests.length;
    let answer = await list();
    while (one.requests.length === met) answer = await list();
    expect(answer.headers.get('x-served-by')).toBe('order-2');
    expect(answer.headers.get('x-retries')).toBe('1');
  });
});
