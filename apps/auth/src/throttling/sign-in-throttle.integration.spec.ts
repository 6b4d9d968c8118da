import { randomBytes, randomUUID } from 'node:crypto';
import { CodedError } from '@holdfast/contracts';
import { createRedis, type Redis } from '@holdfast/session-redis';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { linkServer, type ServerLink } from '../testing/server-link.js';
import { AccountFailures, AddressFailures } from './failures.js';
import { SharedTurns } from './shared-turns.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { ThrottleKeys } from './throttle-keys.js';

const windowMs = 900_000;
const secret = randomBytes(32).toString('base64url');
const keys = new ThrottleKeys(secret);
let link: ServerLink;
let redis: Redis;
let far: Redis;

beforeAll(async () => {
  link = await linkServer(process.env['TEST_REDIS_URL']);
  redis = createRedis({ url: process.env['TEST_REDIS_URL'] }, 'general');
  far = createRedis({ url: link.url }, 'general');
  far.on('error', () => undefined);
  await far.ping();
});
afterAll(async () => {
  far.disconnect();
  redis.disconnect();
  await link.close();
});

const instance = (connection = redis, accountFailures = 5, addressFailures = 50) =>
  new SignInThrottle({
    keys,
    accounts: new AccountFailures(connection, { failures: accountFailures, windowMs }),
    addresses: new AddressFailures(connection, { failures: addressFailures, windowMs }),
    shared: new SharedTurns(connection),
  });
const somebody = () => ({ account: `${randomUUID()}@example.test`, address: `${randomUUID()}` });
const wrong = () => Promise.resolve(undefined);
const right = () => Promise.resolve('proven');

/** How many seconds an attempt is refused for, without having proven anything; 0 when it is not. */
async function refusedFor(throttle: SignInThrottle, who: ReturnType<typeof somebody>): Promise<number> {
  let proofs = 0;
  const sick = () => Promise.reject(new Error(`proof ${(proofs += 1)}`));
  const refusal: unknown = await throttle.attempt(who, sick).catch((error: unknown) => error);
  if (!(refusal instanceof CodedError)) return 0;
  expect([refusal.code, proofs]).toEqual(['ERR_RATE_LIMITED', 0]);
  return refusal.extensions.retryAfterSeconds ?? 0;
}

async function fail(throttle: SignInThrottle, who: ReturnType<typeof somebody>, times: number) {
  for (let time = 0; time < times; time += 1) expect(await throttle.attempt(who, wrong)).toBeUndefined();
}

/** What remains of a lock when its time is over: nothing. */
const lapse = (account: string) => redis.del(`hf:rl:account:${keys.account(account)}`);

describe('SignInThrottle', () => {
  it('refuses the sixth attempt on an account, on every instance, before anything is proven', async () => {
    const [one, other, who] = [instance(), instance(), somebody()];
    await fail(one, who, 2);
    await fail(other, who, 3);
    for (const throttle of [one, other]) {
      expect(await refusedFor(throttle, who)).toBe(windowMs / 1000);
      expect(await refusedFor(throttle, { ...who, address: randomUUID() })).toBe(windowMs / 1000);
    }
    expect(await refusedFor(one, { ...somebody(), address: who.address })).toBe(0);
  });

  it('locks twice as long each time, a day at most', async () => {
    const [throttle, who] = [instance(redis, 2, 1_000), somebody()];
    const locks: number[] = [];
    for (let lock = 0; lock < 9; lock += 1) {
      await fail(throttle, who, 2);
      locks.push(await refusedFor(throttle, who));
      await lapse(who.account);
    }
    const quarters = [1, 2, 4, 8, 16, 32, 64, 96, 96];
    expect(locks).toEqual(quarters.map((quarter) => quarter * 900));
  });

  it('allows one guess a day after a hundred in a row, however slowly they come', async () => {
    const [throttle, who] = [instance(redis, 5, 1_000), somebody()];
    for (let round = 0; round < 33; round += 1) {
      await fail(throttle, who, 3);
      await lapse(who.account);
    }
    await fail(throttle, who, 1);
    expect(await refusedFor(throttle, who)).toBe(86_400);
    await lapse(who.account);
    await fail(throttle, who, 1);
    expect(await refusedFor(throttle, who)).toBe(86_400);
  });

  it('counts no success, and a success forgets what failed before', async () => {
    const [throttle, who] = [instance(), somebody()];
    for (let round = 0; round < 4; round += 1) {
      await fail(throttle, who, 4);
      for (let time = 0; time < 10; time += 1) expect(await throttle.attempt(who, right)).toBe('proven');
    }
    await fail(throttle, who, 5);
    expect(await refusedFor(throttle, who)).toBe(windowMs / 1000);
  });

  it('counts nothing when the proof could not be looked at', async () => {
    const [throttle, who] = [instance(), somebody()];
    for (let time = 0; time < 9; time += 1) expect(await refusedFor(throttle, who)).toBe(0);
  });

  it('opens an account again whose owner was proven in another way', async () => {
    const [throttle, who] = [instance(), somebody()];
    await fail(throttle, who, 5);
    await throttle.forget(who.account);
    await fail(throttle, who, 5);
    expect(await refusedFor(throttle, who)).toBe(windowMs / 1000);
  });

  it('refuses an address that failed too often at many accounts, though one of them is its own', async () => {
    const [throttle, address] = [instance(redis, 5, 6), `2001:db8:${Date.now() % 9999}:1::`];
    for (let time = 1; time <= 6; time += 1) {
      await fail(throttle, { ...somebody(), address: `${address}${time}` }, 1);
      await throttle.attempt({ account: 'own@example.test', address: `${address}9` }, right).catch(() => 0);
    }
    const wait = await refusedFor(throttle, { ...somebody(), address: `${address}7` });
    expect(wait).toBeGreaterThan(windowMs / 1000 - 60);
    expect(await refusedFor(throttle, somebody())).toBe(0);
  });

  it('gives a parallel burst exactly as many guesses as may fail, on one instance and over several', async () => {
    const who = somebody();
    let tried = 0;
    const guess = async () => {
      tried += 1;
      // As long as some turns of others, as a password hash is.
      for (let step = 0; step < 20; step += 1) await redis.ping();
      return undefined;
    };
    for (const instances of [
      [instance()],
      [instance(), instance()],
      [instance(), instance(), instance(far)],
    ]) {
      tried = 0;
      const burst = instances.flatMap((each) =>
        Array.from({ length: 60 / instances.length }, () => each.attempt(who, guess)),
      );
      const settled = await Promise.allSettled(burst);
      expect(tried).toBe(5);
      expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(55);
      await lapse(who.account);
    }
  });

  it('gives an address no more in a burst either, at however many accounts', async () => {
    const [one, other, address] = [instance(redis, 5, 7), instance(redis, 5, 7), randomUUID()];
    let tried = 0;
    const guess = async () => {
      tried += 1;
      for (let step = 0; step < 20; step += 1) await redis.ping();
      return undefined;
    };
    const burst = Array.from({ length: 40 }, (_, n) =>
      (n % 2 ? one : other).attempt({ ...somebody(), address }, guess),
    );
    await Promise.allSettled(burst);
    expect(tried).toBe(7);
  });

  it('lets parallel sign-ins of one account with the right password all pass, on all instances', async () => {
    const [one, other, who] = [instance(), instance(), somebody()];
    let [running, most] = [0, 0];
    const prove = async () => {
      most = Math.max(most, (running += 1));
      for (let step = 0; step < 20; step += 1) await redis.ping();
      running -= 1;
      return 'proven';
    };
    const burst = Array.from({ length: 100 }, (_, n) => (n % 2 ? one : other).attempt(who, prove));
    expect(new Set(await Promise.all(burst))).toEqual(new Set(['proven']));
    expect(most).toBeLessThanOrEqual(5);
  });

  it('gives the places of an instance that died to others when their lease is over', async () => {
    const [died, throttle, who] = [instance(), instance(), somebody()];
    const leases = `hf:rl:account:${keys.account(who.account)}:leases`;
    const endless = () => new Promise<never>(() => undefined);
    for (let time = 0; time < 5; time += 1) void died.attempt(who, endless);
    while ((await redis.zcard(leases)) < 5);
    const waiting = throttle.attempt(who, right);
    while ((await redis.zcard(leases)) < 6);
    expect(await redis.zcount(leases, Date.now() + 20_000, '+inf')).toBe(5);
    for (const lease of await redis.zrange(leases, 0, '-1')) await redis.zadd(leases, 'XX', 1, lease);
    expect(await waiting).toBe('proven');
  });

  it('leaves no e-mail and no address in Redis, and nothing without a time', async () => {
    const [throttle, address] = [instance(), '198.51.100.77'];
    const who = { account: `${randomUUID()}@example.test`, address };
    const before = new Set(await redis.keys('hf:rl:*'));
    await fail(throttle, who, 5);
    const names = (await redis.keys('hf:rl:*')).filter((name) => !before.has(name));
    expect(names).toContain(`hf:rl:account:${keys.account(who.account)}`);
    expect(names.join()).not.toMatch(/@|example|198\.51/);
    for (const name of [`account:${keys.account(who.account)}`, `account-row:${keys.account(who.account)}`])
      expect(await redis.pttl(`hf:rl:${name}`)).toBeGreaterThan(0);
    expect(names.filter((name) => name.endsWith(':queue') || name.endsWith(':leases'))).toEqual([]);
    expect(await redis.pttl(`hf:rl:address:${keys.address(address)}`)).toBeGreaterThan(0);
  });

  it.each(['cut', 'silence'] as const)(
    'counts by itself at once after the way to Redis was lost (%s), and together again when it is back',
    async (how) => {
      const [throttle, who] = [instance(far), somebody()];
      await fail(throttle, who, 4);
      link[how]();
      await fail(throttle, who, 5);
      expect(await refusedFor(throttle, who)).toBeGreaterThan(0);
      link.heal();
      await expect(retried(() => far.ping())).resolves.toBe('PONG');
      await fail(throttle, who, 1);
      expect(await refusedFor(instance(), who)).toBe(windowMs / 1000);
    },
  );
});

async function retried<T>(task: () => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt < 100; attempt += 1) {
    const answer = await task().catch(() => undefined);
    if (answer !== undefined) return answer;
  }
  return task();
}
