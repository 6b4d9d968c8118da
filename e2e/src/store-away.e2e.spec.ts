import { setTimeout as sleep } from 'node:timers/promises';
import { FleetControl } from '@holdfast/chaos';
import {
  Browser,
  Device,
  register,
  type Answer,
  type ApiClient,
  type Credentials,
} from '@holdfast/fleet-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, everybodyReady, gateway } from './fleet.js';

const TIMEOUT_MS = 240_000;
/** A service waits 3 seconds for the store; the rest is for a machine that is busy. */
const ANSWERED_WITHIN_MS = 6_000;
/** By then no process believes what it last heard. */
const KNOWN_AFTER_MS = 2_000;
/** Two gateway workers, each with two instances behind it. */
const KNOWING = 4;
const store = new FleetControl(process.env['HOLDFAST_E2E_HOME'] ?? '.holdfast');

type Send = () => Promise<Answer>;

describe('while all of Redis hangs', () => {
  let api: ApiClient;
  let ada: Credentials;
  /** What needs nothing of the store but to know who is there. */
  let reads: Readonly<Record<string, Send>>;
  /** What needs more of it. */
  let others: Readonly<Record<string, Send>>;
  let token: string;

  beforeAll(async () => {
    await store.whole();
    api = await gateway();
    ada = await register(api);
    token = (await Device.signIn(api, ada)).tokens.access_token;
    const browser = await Browser.signIn(api, ada);
    const timeoutMs = ANSWERED_WITHIN_MS;
    const more = { body: { by: 1 }, timeoutMs };
    reads = {
      'with a token': () => api.call('GET', '/users/me', { token, timeoutMs }),
      'with a cookie': () => browser.call('GET', '/users/me', { timeoutMs }),
    };
    others = {
      'a GET of session data, with a token': () => api.call('GET', '/cart', { token, timeoutMs }),
      'a POST of session data, with a token': () =>
        api.call('POST', '/cart/items/tea/add', { token, ...more }),
      'a GET of session data, with a cookie': () => browser.call('GET', '/cart', { timeoutMs }),
      'a POST of session data, with a cookie': () => browser.call('POST', '/cart/items/tea/add', more),
      'an order': () =>
        api.call('POST', '/orders', { token, timeoutMs, headers: { 'idempotency-key': 'while-away' } }),
      logout: () => api.call('POST', '/auth/logout', { token, timeoutMs }),
    };
    await everybodyKnows(reads);
  }, TIMEOUT_MS);

  afterAll(async () => {
    store.wake();
    await store.whole();
    await everybodyReady();
  }, TIMEOUT_MS);

  it(
    'G7: goes on with reads, and says how old its knowledge is; answers all else 503 in time, and all again when it is back',
    async () => {
      store.hang(...(await store.dataNodes()));
      const reading = keepReading(reads);
      await expectUnavailable(others);
      await sleep(KNOWN_AFTER_MS);
      await expectUnavailable(others);
      for (const send of Object.values(reads)) {
        const age = Number((await send()).headers.get('x-session-age'));
        expect(age).toBeGreaterThan(KNOWN_AFTER_MS);
        expect(age).toBeLessThanOrEqual(60_000);
      }
      expect(await reading.stop()).toEqual([]);
      store.wake();
      await store.whole();
      expect((await api.call('GET', '/cart', { token })).status).toBe(200);
      const { headers } = await api.call('GET', '/users/me', { token });
      expect(headers.get('x-session-age')).toBeNull();
    },
    TIMEOUT_MS,
  );
});

/** Until each gateway worker and each instance has seen each session: who has not cannot know it while the store is away. */
async function everybodyKnows(requests: Readonly<Record<string, Send>>): Promise<void> {
  const seen = new Map<string, Set<string>>();
  await eventually(async () => {
    for (const [name, send] of Object.entries(requests)) {
      // At once: over several connections, which go to several workers.
      for (const { headers } of await Promise.all(Array.from({ length: 10 }, send))) {
        const pair = `${headers.get('x-gateway')} ${headers.get('x-served-by')}`;
        seen.set(name, (seen.get(name) ?? new Set()).add(pair));
      }
    }
    return Object.keys(requests).every((name) => seen.get(name)?.size === KNOWING) ? true : undefined;
  });
}

/** Sends again and again; answers what was not 200. */
function keepReading(requests: Readonly<Record<string, Send>>): { stop(): Promise<readonly unknown[]> } {
  const failures: unknown[] = [];
  let isOver = false;
  const client = async ([name, send]: [string, Send]): Promise<void> => {
    while (!isOver) {
      const { status, body } = await send();
      if (status !== 200) failures.push([name, status, body]);
      await sleep(20);
    }
  };
  const all = Object.entries(requests).map(client);
  return {
    stop: async () => {
      isOver = true;
      await Promise.all(all);
      return failures;
    },
  };
}

async function expectUnavailable(requests: Readonly<Record<string, Send>>): Promise<void> {
  const seen = await Promise.all(
    Object.entries(requests).map(async ([name, send]) => {
      const { status, body, headers } = await send();
      const { code } = body as { readonly code?: unknown };
      const [retryAfter, retries] = [headers.has('retry-after'), headers.get('x-retries')];
      return [name, { status, code, retryAfter, retries }] as const;
    }),
  );
  // Another instance would wait for the same store: nobody is asked again.
  const refused = { status: 503, code: 'ERR_STORE_UNAVAILABLE', retryAfter: true, retries: null };
  expect(Object.fromEntries(seen)).toEqual(
    Object.fromEntries(Object.keys(requests).map((name) => [name, refused])),
  );
}
