import { afterEach, describe, expect, it } from '@jest/globals';
import { startProxy, type CuttableProxy } from './spec/cuttable-proxy.js';
import { startTestService, type TestService } from './spec/test-service.js';

const { TEST_REDIS_URL = '', TEST_DATABASE_URL = '' } = process.env;
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function proxied(url: string): Promise<{ proxy: CuttableProxy; url: string }> {
  const proxy = await startProxy(new URL(url));
  const target = new URL(url);
  cleanups.push(() => proxy.close());
  target.host = `127.0.0.1:${proxy.port}`;
  return { proxy, url: target.href };
}

async function start(changes: Record<string, string>, databaseUrl?: string): Promise<TestService> {
  const service = await startTestService(changes, databaseUrl);
  cleanups.unshift(() => service.drain());
  return service;
}

interface Answer {
  readonly status: number;
  readonly code: unknown;
  readonly retryAfter: string | null;
}

async function get(url: string, token?: string): Promise<Answer> {
  const response = await fetch(url, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  const { code } = (await response.json()) as { code?: unknown };
  const retryAfter = response.headers.get('retry-after');
  return { status: response.status, code, retryAfter };
}

/** Waits for the first answer that is 200. */
async function healed(url: string, token?: string): Promise<boolean> {
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await get(url, token)).status === 200) return true;
  }
  return false;
}

describe('without Postgres', () => {
  it('answers 503 with Retry-After when it is cut off, and recovers by itself', async () => {
    const { proxy, url } = await proxied(TEST_DATABASE_URL);
    const service = await start({}, url);
    expect((await get(`${service.url}/rows`)).status).toBe(200);
    proxy.cut();
    for (let tries = 0; tries < 5; tries += 1) {
      const answer = await get(`${service.url}/rows`);
      expect(answer).toMatchObject({ status: 503, code: 'ERR_UPSTREAM_UNAVAILABLE', retryAfter: '1' });
    }
    expect((await get(`${service.url}/livez`)).status).toBe(200);
    proxy.heal();
    expect(await healed(`${service.url}/rows`)).toBe(true);
  });

  it('fails the queries under way when it is cut off, not the process', async () => {
    const { proxy, url } = await proxied(TEST_DATABASE_URL);
    const service = await start({}, url);
    await get(`${service.url}/rows`);
    proxy.silence();
    const waiting = [1, 2, 3].map(() => get(`${service.url}/rows`));
    await get(`${service.url}/livez`);
    proxy.cut();
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(503);
  });

  it('gives up on one that hangs, tells an admin, and leaves other routes alone', async () => {
    const { proxy, url } = await proxied(TEST_DATABASE_URL);
    const service = await start({}, url);
    const token = await service.token(['admin']);
    await get(`${service.url}/rows`);
    proxy.silence();
    let isHanging = true;
    const hanging = get(`${service.url}/rows`).finally(() => (isHanging = false));
    const health = await fetch(`${service.url}/healthz`, { headers: { authorization: `Bearer ${token}` } });
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({
      status: 'error',
      details: { redis: { status: 'up' }, postgres: { status: 'down', responseTime: expect.any(Number) } },
    });
    expect((await get(`${service.url}/me`, token)).status).toBe(200);
    // Both were answered while the query still hung: neither waits for the database.
    expect(isHanging).toBe(true);
    expect(await hanging).toMatchObject({ status: 503, code: 'ERR_UPSTREAM_UNAVAILABLE' });
    proxy.heal();
  });

  it('starts, and waits for it', async () => {
    const service = await start({}, 'postgres://nobody@127.0.0.1:1/none');
    expect((await get(`${service.url}/rows`)).status).toBe(503);
    expect((await get(`${service.url}/items`)).status).toBe(200);
  });
});

describe('without Redis', () => {
  it('answers 503 and never 401 when it is cut off, and recovers by itself', async () => {
    const { proxy, url } = await proxied(TEST_REDIS_URL);
    const service = await start({ REDIS_URL: url });
    const token = await service.token(['user']);
    proxy.cut();
    const answers = await Promise.all([1, 2, 3].map(() => get(`${service.url}/me`, token)));
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 503, code: 'ERR_STORE_UNAVAILABLE', retryAfter: '1' });
    expect((await get(`${service.url}/items`, token)).status).toBe(200);
    proxy.heal();
    expect(await healed(`${service.url}/me`, token)).toBe(true);
  });

  it('starts, drains, and serves what needs no session', async () => {
    const service = await start({ REDIS_URL: 'redis://127.0.0.1:1' });
    expect((await get(`${service.url}/readyz`)).status).toBe(200);
    expect((await get(`${service.url}/items`)).status).toBe(200);
    await service.drain();
    await expect(fetch(`${service.url}/livez`)).rejects.toThrow();
  });
});
