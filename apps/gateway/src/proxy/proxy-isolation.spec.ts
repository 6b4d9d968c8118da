import { afterEach, describe, expect, it } from '@jest/globals';
import { parsePolicySetting, type PolicyName } from '@holdfast/balancer-core';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { Upstream } from '../spec/upstream.js';

let gateway: GatewayUnderTest;
let fast: readonly Upstream[];
let odd: Upstream;

afterEach(() => gateway.stop());

/** Three instances, of which `odd` will be another than the others. No try is given up, so that only choosing helps. */
async function start(policy: PolicyName): Promise<void> {
  const settings = { policies: parsePolicySetting(policy), tryTimeoutMs: 60_000, deadlineMs: 60_000 };
  gateway = await GatewayUnderTest.start({ settings });
  odd = await Upstream.start('order-1');
  fast = [await Upstream.start('order-2'), await Upstream.start('order-3')];
  gateway.use(odd, ...fast);
}

/** Settles when the next request has come to `odd`, which keeps it. */
function heldByOdd(): Promise<'held'> {
  return new Promise((resolve) => (odd.respond = () => resolve('held')));
}

/** One request after another, each as soon as the former was answered or is held. How many were, and by whom. */
async function sendMany(count: number): Promise<{ held: number; statuses: number[] }> {
  const statuses: number[] = [];
  let held = 0;
  for (let sent = 0; sent < count; sent++) {
    const answered = fetch(`${gateway.url}/orders`).then(({ status }) => status);
    // Those that are held break off when the test ends.
    answered.catch(() => undefined);
    const outcome = await Promise.race([heldByOdd(), answered]);
    if (outcome === 'held') held += 1;
    else statuses.push(outcome);
  }
  return { held, statuses };
}

describe('one instance among others', () => {
  it('G19: that never answers gets one request of forty-five', async () => {
    await start('p2c-ewma');
    const { held, statuses } = await sendMany(45);
    expect(held).toBe(1);
    expect(statuses).toEqual(new Array<number>(44).fill(200));
  });

  it('would keep a third of the requests with round robin', async () => {
    await start('round-robin');
    expect((await sendMany(45)).held).toBe(15);
  });

  it('G19: that fails at once gets five requests of forty-five at most, and the others answer them all', async () => {
    await start('p2c-ewma');
    odd.respond = (_request, response) => void response.writeHead(503).end();
    const statuses: number[] = [];
    for (let sent = 0; sent < 45; sent++) statuses.push((await fetch(`${gateway.url}/orders`)).status);
    expect(odd.requests.length).toBeGreaterThan(0);
    expect(odd.requests.length).toBeLessThanOrEqual(5);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('keeps a session on one instance with rendezvous, whichever instances there are besides', async () => {
    await start('rendezvous');
    const claims = Buffer.from(JSON.stringify({ sid: 'one-session' })).toString('base64url');
    const ask = () => fetch(`${gateway.url}/orders`, { headers: { authorization: `Bearer x.${claims}.z` } });
    const homes = new Set<string | null>();
    for (let sent = 0; sent < 10; sent++) homes.add((await ask()).headers.get('x-served-by'));
    expect(homes.size).toBe(1);
  });
});
