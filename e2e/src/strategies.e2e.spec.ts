import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApiClient,
  askRedis,
  Browser,
  Device,
  expectStatus,
  register,
  type Tokens,
} from '@holdfast/fleet-client';
import { startFleet, type TestFleet } from '@holdfast/launcher';
import { DECLARATIONS, type SessionStrategy } from '@holdfast/session-core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, fleet } from './fleet.js';
import { leaksIn } from './log-leaks.js';

/** What the fleet of all end-to-end specs runs with: the default. */
const RUNNING: SessionStrategy = 'hybrid';
const TOKEN_TTL_MS = 4_000;
/** What the receipt of a logout says: clocks may differ by 5 seconds. */
const BOUND_MS = TOKEN_TTL_MS + 5_000;
const NEVER_AGAIN_MS = 3_000_000;
const FOREIGN = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };

/** What the specs know of a fleet, whatever its strategy. */
interface World {
  readonly api: ApiClient;
  readonly admin: { readonly email: string; readonly password: string };
  /** One address for each instance of each service. */
  readonly instances: readonly ApiClient[];
}

let own: TestFleet;
let asking: TestFleet;
const worlds: Partial<Record<SessionStrategy, World>> = {};

beforeAll(async () => {
  const run = await fleet();
  worlds[RUNNING] = worldOf(run.gateway.url, run);
  [asking, own] = await Promise.all([
    startFleet({ args: ['--minimal', '--strategy', 'store'], env: {} }),
    startFleet({
      args: ['--minimal', '--strategy', 'token'],
      env: { ACCESS_TOKEN_TTL_MS: String(TOKEN_TTL_MS), RESTART_DELAY_MS: String(NEVER_AGAIN_MS) },
    }),
  ]);
  worlds.store = worldOf(asking.url, { admin: asking.admin, processes: asking.processes() });
  worlds.token = worldOf(own.url, { admin: own.admin, processes: own.processes() });
});

afterAll(() => Promise.all([own.stop(), asking.stop()]));

function worldOf(
  url: string,
  { admin, processes }: Pick<Awaited<ReturnType<typeof fleet>>, 'admin' | 'processes'>,
) {
  const services = processes.filter(({ role }) => ['auth', 'user', 'order'].includes(role));
  const instances = services.map(({ port }) => new ApiClient(`http://127.0.0.1:${port}`));
  return { api: new ApiClient(url), admin, instances };
}

describe.each([RUNNING, 'store', 'token'] as const)('the contract with the strategy %s', (strategy) => {
  const { declared } = DECLARATIONS[strategy];
  const world = (): World => {
    const found = worlds[strategy];
    if (!found) throw new Error('it does not run');
    return found;
  };

  it('says who is signed in, and until when', async () => {
    const { api } = world();
    const credentials = await register(api);
    const device = await Device.signIn(api, credentials);
    expect((await device.call('GET', '/users/me')).body).toMatchObject({ email: credentials.email });
    const { body } = await device.call<Record<string, string>>('GET', '/auth/session');
    expect(body).toMatchObject({
      id: device.sessionId,
      userId: credentials.id,
      acr: 1,
      roles: ['user'],
      data: {},
    });
    expect(Date.parse(body['expiresAt'] ?? '') - Date.parse(body['createdAt'] ?? '')).toBe(43_200_000);
    // Idleness is a store's to know.
    expect('idleExpiresAt' in body).toBe(strategy !== 'token');
  });

  it('G1: takes a session on every instance as soon as one has begun it', async () => {
    const { api, instances } = world();
    const device = await Device.ofNewUser(api);
    for (const instance of instances) {
      const statuses = ['/auth/session', '/users/me', '/cart'].map(
        async (path) => (await device.at(instance).call('GET', path)).status,
      );
      // It knows the routes of its own service, and whose session this is.
      expect((await Promise.all(statuses)).sort()).toEqual([200, 404, 404]);
    }
  });

  it('shares what one service writes with the others', async () => {
    const device = await Device.ofNewUser(world().api);
    await device.call('PUT', '/users/me/preferences', { body: { currency: 'CHF' } });
    await device.call('PUT', '/cart/items/espresso-cup', { body: { quantity: 2 } });
    await device.call('PUT', '/users/me/preferences', { body: { locale: 'it-CH' } });
    const { body } = await device.call('GET', '/cart');
    const items = [{ productId: 'espresso-cup', quantity: 2 }];
    expect(body).toMatchObject({ items, currency: 'CHF', locale: 'it-CH' });
    const { data } = (await device.call<{ data: object }>('GET', '/auth/session')).body;
    expect(data).toMatchObject({ user: { currency: 'CHF', locale: 'it-CH' }, order: { items: [items[0]] } });
  });

  it('orders what is in the cart once for each key', async () => {
    const device = await Device.ofNewUser(world().api);
    await device.call('PUT', '/cart/items/espresso-cup', { body: { quantity: 2 } });
    const headers = { 'idempotency-key': 'once' };
    const lost = device.at(device.api);
    const first = await device.call('POST', '/orders', { headers });
    // The answer never arrived: the client repeats it with all that it had before.
    const again = await lost.call('POST', '/orders', { headers });
    expect((await lost.call('GET', '/cart')).body).toMatchObject({ items: [] });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect((await device.call('GET', '/cart')).body).toMatchObject({ items: [] });
  });

  it('refreshes, and raises the level of who steps up', async () => {
    const { api } = world();
    const credentials = await register(api);
    const device = await Device.signIn(api, credentials);
    await device.refresh();
    const change = { body: { newPassword: `other-${credentials.password}` } };
    expect((await device.call('POST', '/auth/password', change)).body).toMatchObject({
      code: 'ERR_STEP_UP_REQUIRED',
    });
    await device.stepUp(credentials);
    expect((await device.call('GET', '/auth/session')).body).toMatchObject({ id: device.sessionId, acr: 2 });
    expect((await device.call('POST', '/auth/password', change)).status).toBe(200);
    await device.refresh();
  });

  it('hands a guest’s cart over to who signs in, by token and by cookie', async () => {
    const { api } = world();
    const credentials = await register(api);
    const cart = { items: [{ productId: 'milk-jug', quantity: 3 }] };
    const guest = await Device.guest(api);
    await guest.call('POST', '/cart/items/milk-jug/add', { body: { by: 3 } });
    const { email, password } = credentials;
    guest.adopt(
      expectStatus(
        'sign in',
        200,
        await guest.call<Tokens>('POST', '/auth/login', { body: { email, password } }),
      ).body,
    );
    expect((await guest.call('GET', '/cart')).body).toMatchObject(cart);

    const browser = await Browser.guest(api);
    await browser.call('POST', '/cart/items/milk-jug/add', { body: { by: 3 } });
    expect((await browser.signIn(credentials)).status).toBe(200);
    expect((await browser.call('GET', '/cart')).body).toMatchObject(cart);
    expect((await browser.call('GET', '/users/me')).body).toMatchObject({ email });
  });

  it('takes a cookie from its own origin only, and forgets it at a logout', async () => {
    const { api } = world();
    const browser = await Browser.signIn(api, await register(api));
    expect((await browser.call('GET', '/users/me')).status).toBe(200);
    const write = { body: { quantity: 1 }, headers: FOREIGN };
    expect((await browser.call('PUT', '/cart/items/milk-jug', write)).body).toMatchObject({
      code: 'ERR_CSRF',
    });
    await browser.stepUp({ password: 'wrong-password' });
    expect((await browser.call('POST', '/auth/logout')).status).toBe(200);
    expect(browser.cookie).toBeUndefined();
  });

  it('refuses credentials that anybody has tampered with', async () => {
    const { api } = world();
    const credentials = await register(api);
    const { tokens } = await Device.signIn(api, credentials);
    const middle = (text: string) => text.slice(0, 60) + (text[60] === 'A' ? 'B' : 'A') + text.slice(61);
    expect((await api.call('GET', '/cart', { token: middle(tokens.access_token) })).status).toBe(401);
    const form = {
      grant_type: 'refresh_token',
      client_id: 'holdfast-cli',
      refresh_token: middle(tokens.refresh_token),
    };
    expect((await api.call('POST', '/oauth/token', { form })).body).toMatchObject({ error: 'invalid_grant' });
    const { cookie = '' } = await Browser.signIn(api, credentials);
    const forged = new Browser(api, middle(cookie));
    expect((await forged.call('GET', '/cart')).body).toMatchObject({ code: 'ERR_UNAUTHENTICATED' });
    expect(forged.cookie).toBeUndefined();
  });

  it('refuses refreshes of an account that was disabled', async () => {
    const { api, admin } = world();
    const administrator = await Device.signIn(api, admin);
    await administrator.stepUp(admin);
    const device = await Device.ofNewUser(api);
    const { userId } = (await device.call<{ userId: string }>('GET', '/auth/session')).body;
    const receipt = await administrator.call('POST', `/auth/users/${userId}/disable`);
    expect(receipt).toMatchObject({ status: 200, body: { durable: true } });
    const refused = { error: 'invalid_grant', endedBecause: 'account-disabled' };
    expect((await device.presentRefresh()).body).toMatchObject(refused);
  });

  it('counts parallel writes as the strategy declares', async () => {
    const device = await Device.ofNewUser(world().api);
    await device.call('PUT', '/cart/items/milk-jug', { body: { quantity: 1 } });
    const add = () => device.call('POST', '/cart/items/milk-jug/add', { body: { by: 1 } });
    for (const answer of await Promise.all([add(), add(), add()])) expect(answer.status).toBe(200);
    const { items } = (await device.call<{ items: { quantity: number }[] }>('GET', '/cart')).body;
    // Each write began with what its request carried.
    expect(items[0]?.quantity).toBe(declared.includes('G10') ? 4 : 2);
  });

  it('finds the reuse of a refresh token out as the strategy declares', async () => {
    const device = await Device.ofNewUser(world().api);
    const spent = device.tokens.refresh_token;
    for (const _turn of [1, 2]) await device.refresh();
    const { body } = await device.presentRefresh(spent);
    expect(body).toMatchObject(
      declared.includes('G11') ? { error: 'invalid_grant' } : { token_type: 'Bearer' },
    );
  });

  it('ends a session at a logout as the strategy declares', async () => {
    const device = await Device.ofNewUser(world().api);
    const { body } = await device.call('POST', '/auth/logout');
    const isOver = declared.includes('G9');
    expect(body).toMatchObject(
      isOver ? { revoked: 1, durable: true } : { revoked: 0, durable: false, boundMs: BOUND_MS },
    );
    expect((await device.call('GET', '/cart')).status).toBe(isOver ? 401 : 200);
  });
});

describe('the strategy token alone', () => {
  let left: { readonly device: Device; readonly at: number };

  it('lets a session that was logged out go on with its token', async () => {
    const device = await Device.ofNewUser((worlds.token ?? fail()).api);
    expect((await device.call('POST', '/auth/logout')).body).toMatchObject({
      durable: false,
      boundMs: BOUND_MS,
    });
    left = { device, at: Date.now() };
    expect((await device.call('GET', '/cart')).status).toBe(200);
  });

  it('answers 501 where it would need a record', async () => {
    const { api } = worlds.token ?? fail();
    const device = await Device.ofNewUser(api);
    const asked = [
      ['GET', '/auth/sessions'],
      ['DELETE', `/auth/sessions/${device.sessionId}`],
      ['POST', '/auth/logout-others'],
      ['POST', '/auth/logout-everywhere'],
    ] as const;
    for (const [method, path] of asked) {
      const { status, body } = await device.call(method, path);
      expect([status, body['code']]).toEqual([501, 'ERR_STRATEGY_UNSUPPORTED']);
    }
    const form = { token: device.tokens.refresh_token, client_id: 'holdfast-cli' };
    expect((await api.call('POST', '/oauth/revoke', { form })).status).toBe(501);
  });

  it('takes what a client carries for what it is: another’s, or what was changed, is none', async () => {
    const { api } = worlds.token ?? fail();
    const [one, other] = [await Device.ofNewUser(api), await Device.ofNewUser(api)];
    const { headers } = await one.call('PUT', '/cart/items/milk-jug', { body: { quantity: 2 } });
    const sealed = headers.get('x-session-data') ?? '';
    const cartOf = async (device: Device, data: string) =>
      (await device.call('GET', '/cart', { headers: { 'x-session-data': data } })).body['items'];
    expect(await cartOf(one, sealed)).toHaveLength(1);
    for (const data of [sealed.replace('~', 'A~'), sealed.slice(0, -1), 'nonsense', `${sealed}.${sealed}`]) {
      expect(await cartOf(one, data)).toEqual([]);
    }
    expect(await cartOf(other, sealed)).toEqual([]);
  });

  it('asks Redis nothing for a signed-in request', async () => {
    const { api } = worlds.token ?? fail();
    const device = await Device.ofNewUser(api);
    await device.refresh();
    const asked = await askedOfRedis(async () => {
      for (let turn = 0; turn < 20; turn += 1) {
        await device.call('GET', '/cart');
        await device.call('PUT', '/users/me/preferences', { body: { locale: 'de-CH' } });
        await device.call('GET', '/auth/session');
      }
    });
    expect(asked).toEqual([]);
    // So that it is seen to look: a refresh is counted there.
    expect(await askedOfRedis(() => device.refresh())).not.toEqual([]);
  });

  it('takes the token of a session that was logged out no longer than its receipt says', async () => {
    await sleep(Math.max(0, left.at + BOUND_MS + 1_000 - Date.now()));
    expect((await left.device.call('GET', '/cart')).body).toMatchObject({ code: 'ERR_UNAUTHENTICATED' });
  });

  it('goes on without Redis: signed-in requests, sign-ins and refreshes', async () => {
    const { api } = worlds.token ?? fail();
    const credentials = await register(api);
    const device = await Device.signIn(api, credentials);
    const browser = await Browser.signIn(api, credentials);
    const redis = own.processes().filter(({ role }) => role.startsWith('redis'));
    for (const { pid } of redis) process.kill(pid, 'SIGKILL');
    for (const turn of [1, 2, 3]) {
      const { body } = await device.call('POST', '/cart/items/milk-jug/add', { body: { by: 1 } });
      expect(body).toMatchObject({ items: [{ quantity: turn }] });
      expect((await browser.call('POST', '/cart/items/milk-jug/add', { body: { by: 1 } })).status).toBe(200);
      await device.refresh();
      expect((await (await Device.signIn(api, credentials)).call('GET', '/users/me')).status).toBe(200);
      await sleep(1_000);
    }
  });
});

describe('the logs of the strategy token', () => {
  it('hold no secret, and nothing of what is sealed', async () => {
    expect(await leaksIn(own.home)).toEqual([]);
  });
});

/** What Redis is asked by clients while something happens, the registry's beats and probes left out. */
async function askedOfRedis(task: () => Promise<void>): Promise<readonly string[]> {
  const redis = own.processes().find(({ role }) => role === 'redis-primary');
  const socket = connect(redis?.port ?? 0, '127.0.0.1', () => socket.write('MONITOR\r\n'));
  let seen = '';
  socket.setEncoding('latin1').on('data', (text: string) => (seen += text));
  await eventually(async () => (seen.includes('+OK') ? true : undefined));
  await task();
  // Whatever came before it has been seen by then.
  await askRedis(redis?.port ?? 0, 'ECHO seen-all');
  await eventually(async () => (seen.includes('seen-all') ? true : undefined));
  socket.destroy();
  const lines = seen.split('\r\n').filter((line) => line.includes('[0 ') && !line.includes('[0 lua]'));
  // The registry and the audit trail are no sessions: who runs, and what happened, goes on beside the request.
  return lines.filter((line) => !/"hf:\{registry\}|"hf:audit|"(?:ping|echo|info|client)"/i.test(line));
}

function fail(): never {
  throw new Error('it does not run');
}
