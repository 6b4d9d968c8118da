import { randomBytes } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RedisRegistry } from '@holdfast/balancer-redis';
import { createLogger, Readiness } from '@holdfast/service-defaults';
import type { Redis } from 'ioredis';
import { readConfig } from '../config.js';
import { head, RawConnection, sendRaw } from '../spec/raw-http.js';
import { Upstream } from '../spec/upstream.js';
import { emptyRegistry, redisUrlOf } from '../spec/worker-store.js';
import { createGateway, type GatewayParts, type RunningGateway } from './create-gateway.js';

const redisUrl = new URL(redisUrlOf('create-gateway'));

let redis: Redis;
let members: RedisRegistry;
let gateway: RunningGateway;
let url: string;
let order: Upstream;
const cleanUps: (() => unknown)[] = [];

beforeEach(async () => {
  redis = await emptyRegistry(redisUrl.href);
  members = new RedisRegistry(redis);
  order = await Upstream.start('order-1');
  await members.announce(order.member());
  gateway = await startGateway();
  url = `http://127.0.0.1:${gateway.port}`;
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  await order.stop();
  await members.close();
  redis.disconnect();
});

async function startGateway(
  environment: Record<string, string> = {},
  parts: GatewayParts = {},
): Promise<RunningGateway> {
  const config = readConfig({
    REDIS_URL: redisUrl.href,
    SESSION_SECRET: randomBytes(32).toString('base64url'),
    SEALING_SECRET: randomBytes(32).toString('base64url'),
    CLIENT_SECRET: randomBytes(32).toString('base64url'),
    SESSION_DURABILITY: 'local',
    TOKEN_ISSUER: 'http://gateway.test',
    PORT: '0',
    DRAIN_DEADLINE_MS: '3000',
    ...environment,
  });
  const logger = createLogger({ service: 'gateway', instance: 'gateway-1', level: 'silent' });
  // Swagger's static files come from a package that Jest cannot load; the end-to-end suite asks for /docs.
  const starting = createGateway(config, 'gateway-1', { logger, serveDocs: () => undefined, ...parts });
  cleanUps.push(async () => (await starting).drain().catch(() => undefined));
  return starting;
}

/** A way to Redis that is closed until it is opened. */
async function redisGate() {
  let open = false;
  const gate = createServer((near) => {
    near.on('error', () => undefined);
    if (!open) return void near.destroy();
    const far = connect(Number(redisUrl.port || 6379), redisUrl.hostname);
    near.pipe(far).pipe(near);
    far.on('error', () => near.destroy());
  });
  const port = await listenAnywhere(gate);
  const gated = new URL(redisUrl);
  gated.host = `127.0.0.1:${port}`;
  cleanUps.unshift(() => (open = true));
  cleanUps.push(() => gate.close());
  return { url: gated.href, open: () => (open = true) };
}

async function listenAnywhere(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenAnywhere(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The status at a port; `undefined` while nobody listens there. */
const statusAt = (port: number, path: string) =>
  fetch(`http://127.0.0.1:${port}${path}`).then(
    ({ status }) => status,
    () => undefined,
  );

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 500; look++) {
    if (await holds()) return;
    await sleep(5);
  }
  throw new Error('never');
}

describe('a gateway worker that starts', () => {
  it('G4: listens when it knows the services, and answers none with 503 before', async () => {
    const gate = await redisGate();
    const port = await freePort();
    const starting = startGateway({ REDIS_URL: gate.url, PORT: String(port) });
    const seen = new Set<number | undefined>();
    setTimeout(() => gate.open(), 400);
    await until(async () => seen.add(await statusAt(port, '/products')).has(200));
    expect([...seen]).toEqual([undefined, 200]);
    await starting;
  });

  it('listens without a registry all the same, and is ready once there is one', async () => {
    const gate = await redisGate();
    const port = await freePort();
    const starting = startGateway({ REDIS_URL: gate.url, PORT: String(port) }, { registryWaitMs: 300 });
    await until(async () => (await statusAt(port, '/livez')) === 200);
    expect(await statusAt(port, '/readyz')).toBe(503);
    gate.open();
    await starting;
    expect(await statusAt(port, '/readyz')).toBe(200);
  });
});

describe('a gateway worker', () => {
  it('finds services in the registry, and who comes and goes', async () => {
    expect((await fetch(`${url}/products`)).headers.get('x-served-by')).toBe('order-1');
    const auth = await Upstream.start('auth-1');
    expect((await fetch(`${url}/auth/session`)).status).toBe(503);
    await members.announce(auth.member());
    await until(async () => (await fetch(`${url}/auth/session`)).status === 200);
    const second = await Upstream.start('auth-2');
    await members.announce(second.member());
    await members.drain('auth-1');
    await until(async () => (await fetch(`${url}/auth/session`)).headers.get('x-served-by') === 'auth-2');
    const met = auth.requests.length;
    for (let time = 0; time < 30; time++) await fetch(`${url}/auth/session`);
    expect(auth.requests).toHaveLength(met);
    await auth.stop();
    await second.stop();
  });

  it('answers its own routes, with our headers', async () => {
    for (const path of ['/livez', '/readyz']) {
      const answer = await fetch(`${url}${path}`);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get('x-gateway')).toBe('gateway-1');
      expect(answer.headers.get('x-served-by')).toBe('gateway-1');
      expect(answer.headers.get('x-request-id')).toBeTruthy();
      expect((await fetch(`${url}${path}`, { method: 'HEAD' })).status).toBe(200);
    }
  });

  it('answers a wrong method with 405 and Allow, an unknown path with 404', async () => {
    const wrong = await fetch(`${url}/readyz`, { method: 'DELETE' });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toBe('GET, HEAD');
    expect((await fetch(`${url}/internal/profiles/1`)).status).toBe(404);
  });

  it.each([
    '/docs/../package.json',
    '/docs/%2e%2e/package.json',
    '/docs/..%2fpackage.json',
    '/docs/a%5c..%5cpackage.json',
    '/docs/.',
  ])('answers %s with 404: its file server would say 403', async (path) => {
    const files = await startGateway(
      {},
      {
        serveDocs: (app) =>
          void app
            .getHttpAdapter()
            .getInstance()
            .get('/docs/*', (_request, reply) => reply.code(403).send('climbing')),
      },
    );
    const answer = await sendRaw(files.port, head(`GET ${path} HTTP/1.1`, 'Host: a', 'Connection: close'));
    expect(answer).toMatch(/^HTTP\/1\.1 404[^]*"code":"ERR_NOT_FOUND"/);
    const plain = await sendRaw(files.port, head('GET /docs/a HTTP/1.1', 'Host: a', 'Connection: close'));
    expect(plain).toMatch(/^HTTP\/1\.1 403[^]*climbing/);
  });

  it('shows its dependencies to admins only', async () => {
    const answer = await fetch(`${url}/healthz`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(await answer.json()).toMatchObject({ code: 'ERR_UNAUTHENTICATED' });
  });

  it('does not make a proxied request wait for anything about its token', async () => {
    const answer = await fetch(`${url}/products`, {
      headers: { authorization: 'Bearer forged.forged.forged' },
    });
    expect(answer.status).toBe(200);
    const echo = (await answer.json()) as { headers: Record<string, string> };
    expect(echo.headers.authorization).toBe('Bearer forged.forged.forged');
  });

  it('bitten 11: cuts slow senders: every timeout is set on the server that listens', async () => {
    const server = gateway.app.getHttpServer();
    expect(server).toMatchObject({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      maxRequestsPerSocket: 10_000,
    });
  });

  it('G4: drains without losing a request', async () => {
    let answer: () => void = () => undefined;
    const isTime = new Promise<void>((resolve) => (answer = resolve));
    const idle = await RawConnection.open(gateway.port);
    const get = head('GET /products HTTP/1.1', 'Host: a');
    idle.send(get);
    await idle.until(() => idle.text.includes('order-1'));
    order.respond = (_request, response) => void isTime.then(() => response.end('done'));
    const busy = await RawConnection.open(gateway.port);
    busy.send(get);
    await until(async () => order.requests.length === 2);
    const drained = gateway.drain();
    await until(async () => gateway.app.get(Readiness).state === 'draining');
    // A kept connection still brings a request, and learns from its answer that it is the last one.
    idle.send(get);
    await until(async () => order.requests.length === 3);
    answer();
    await busy.until(() => busy.text.includes('done'));
    expect(busy.text).toMatch(/connection: close/i);
    await idle.until(() => idle.text.includes('done'));
    expect(idle.text).toMatch(/connection: close/i);
    await drained;
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  it('cuts at the deadline what does not end', async () => {
    order.respond = () => undefined;
    const stuck = await RawConnection.open(gateway.port);
    stuck.send(head('GET /products HTTP/1.1', 'Host: a'));
    await until(async () => order.requests.length === 1);
    await gateway.drain();
    await stuck.untilClosed();
  });
});
