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
import { everybodyReady, gateway } from './fleet.js';

const TIMEOUT_MS = 240_000;
/** A service waits 3 seconds for the store; the rest is for a machine that is busy. */
const ANSWERED_WITHIN_MS = 6_000;
/** By then no process believes what it last heard. */
const KNOWN_AFTER_MS = 2_000;
const store = new FleetControl(process.env['HOLDFAST_E2E_HOME'] ?? '.holdfast');

type Send = () => Promise<Answer>;

describe('while all of Redis hangs', () => {
  let api: ApiClient;
  let ada: Credentials;
  let requests: Readonly<Record<string, Send>>;
  let token: string;

  beforeAll(async () => {
    await store.whole();
    api = await gateway();
    ada = await register(api);
    token = (await Device.signIn(api, ada)).tokens.access_token;
    const browser = await Browser.signIn(api, ada);
    const timeoutMs = ANSWERED_WITHIN_MS;
    const more = { body: { by: 1 }, timeoutMs };
    requests = {
      'GET with a token': () => api.call('GET', '/cart', { token, timeoutMs }),
      'POST with a token': () => api.call('POST', '/cart/items/tea/add', { token, ...more }),
      'GET with a cookie': () => browser.call('GET', '/cart', { timeoutMs }),
      'POST with a cookie': () => browser.call('POST', '/cart/items/tea/add', more),
      logout: () => api.call('POST', '/auth/logout', { token, timeoutMs }),
    };
  }, TIMEOUT_MS);

  afterAll(async () => {
    store.wake();
    await store.whole();
    await everybodyReady();
  }, TIMEOUT_MS);

  it(
    'answers each signed-in request 503 with Retry-After in time, and each one again when it is back',
    async () => {
      store.hang(...(await store.dataNodes()));
      await expectUnavailable(requests);
      await sleep(KNOWN_AFTER_MS);
      await expectUnavailable(requests);
      store.wake();
      await store.whole();
      expect((await api.call('GET', '/cart', { token })).status).toBe(200);
    },
    TIMEOUT_MS,
  );
});

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
