import { randomBytes } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import { RedisRegistry } from '@holdfast/balancer-redis';
import { POLICY_NAMES } from '@holdfast/balancer-core';
import { Upstreams } from '@holdfast/balancer-http';
import { BALANCER_POLICIES, operationsRoutes, type Topology } from '@holdfast/contracts';
import { createLogger, createSessionManager, giveNotice } from '@holdfast/service-defaults';
import type { SessionManager } from '@holdfast/session-core';
import { Belief, createRedis } from '@holdfast/session-redis';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { readConfig } from '../config.js';
import { call } from '../spec/call.js';
import { sayId, Upstream } from '../spec/upstream.js';
import { emptyRegistry, workerEnvironment } from '../spec/worker-store.js';
import { EventLog } from '../supervisor/event-log.js';
import type { SupervisorMessage } from '../supervisor/messages.js';
import { Switchboard } from '../supervisor/switchboard.js';
import { createGateway, type RunningGateway } from '../worker/create-gateway.js';
import { SupervisorLink } from '../worker/supervisor-link.js';

const { issuer, environment: ofWorkers } = workerEnvironment('platform');
const environment = { ...ofWorkers, DRAIN_DEADLINE_MS: '1000' };

let redis: Redis;
let belief: Belief;
let members: RedisRegistry;
let manager: SessionManager;
let auth: Upstream;
let order: Upstream;
let gateways: readonly [RunningGateway, RunningGateway];
const faults: unknown[] = [];

const ofAuth = async (path: string | undefined) => {
  if (path !== '/.well-known/jwks.json') {
    const access_token = await issuer.serviceToken('gateway');
    return { access_token, token_type: 'Bearer', expires_in: 300, scope: 'internal' };
  }
  const key = await issuer.getKey('test-key');
  return { keys: [{ ...key?.export({ format: 'jwk' }), kid: 'test-key', alg: 'ES256', use: 'sig' }] };
};

/** Two workers of one gateway, in this process: each has a port of its own. */
async function startGateways(): Promise<readonly [RunningGateway, RunningGateway]> {
  const switchboard = new Switchboard(new EventLog(), async (question) => {
    faults.push(question);
    return question.about === 'processes' ? [] : 'accepted';
  });
  const start = async (id: string, more = {}): Promise<RunningGateway> => {
    const link: SupervisorLink = new SupervisorLink((message) => switchboard.hear(post, message));
    const post = { id, pid: 1, send: (message: SupervisorMessage) => link.hear(message) };
    switchboard.add(post);
    const logger = createLogger({ service: 'gateway', instance: id, level: 'silent' });
    const parts = { link, logger, serveDocs: () => undefined };
    const gateway = await createGateway(readConfig({ ...environment, ...more }), id, parts);
    switchboard.hear(post, { type: 'ready', id, port: gateway.port });
    return gateway;
  };
  return [await start('gateway-1'), await start('gateway-2', { FLEET_CONTROL: 'parent' })];
}

beforeAll(async () => {
  redis = await emptyRegistry(environment.REDIS_URL);
  const connect = (role: 'read' | 'write') => createRedis({ url: environment.REDIS_URL }, role);
  belief = new Belief({
    read: connect('read'),
    write: connect('write'),
    instance: 'auth-1',
    durability: 'local',
  });
  manager = createSessionManager(readConfig(environment), belief, { refreshKeys: issuer.refreshKeys });
  auth = await Upstream.start('auth-1', ({ url }, response) => {
    response.setHeader('content-type', 'application/json');
    ofAuth(url).then(
      (body) => response.end(JSON.stringify(body)),
      () => response.destroy(),
    );
  });
  order = await Upstream.start('order-1');
  members = new RedisRegistry(redis);
  await members.announce(auth.member());
  await members.announce(order.member());
  gateways = await startGateways();
}, 30_000);

afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.drain()));
  await Promise.all([auth.stop(), order.stop()]);
  await members.close();
  await belief.close();
  redis.disconnect();
});

async function signIn(...roles: string[]) {
  const client = { ip: '127.0.0.1', userAgent: 'spec' };
  const { session } = await manager.begin({
    userId: `user-${randomBytes(6).toString('hex')}`,
    roles,
    client,
  });
  const { sessionId } = session.record;
  return { sessionId, authorization: `Bearer ${await issuer.accessToken(session.record)}` };
}

const urlAt = (n: number, path: string) => `http://127.0.0.1:${gateways[n]?.port}${path}`;
const ask = (n: number, method: string, path: string, headers: object = {}, body?: object) =>
  call(urlAt(n, path), {
    method,
    headers: { ...headers, connection: 'close', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });

async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A stream of events: what came, and whether it has ended. */
async function listen(n: number, headers: object) {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(urlAt(n, '/platform/events'), { headers: { ...headers } }, resolve);
    sent.on('error', reject).end();
  });
  const stream = { answer, text: '', ended: false };
  answer.on('data', (chunk: Buffer) => (stream.text += chunk.toString()));
  answer.on('close', () => (stream.ended = true)).on('error', () => undefined);
  return stream;
}

describe('the operations of the gateway', () => {
  it('are for administrators, each of them', async () => {
    const user = await signIn('user');
    for (const { method, path } of Object.values(operationsRoutes)) {
      const target = path.replace(':id', 'nobody-1');
      expect([target, (await ask(0, method, target)).status]).toEqual([target, 401]);
      expect([target, (await ask(0, method, target, user)).status]).toEqual([target, 403]);
    }
  });

  it('show what both workers see together', async () => {
    const admin = await signIn('user', 'admin');
    const held: (() => void)[] = [];
    order.respond = (incoming, response) => {
      if (incoming.url !== '/healthz') return void held.push(() => response.end('{}'));
      expect(incoming.headers.authorization).toBe(admin.authorization);
      response.end(JSON.stringify({ status: 'error', details: { postgres: { status: 'down' } } }));
    };
    const asking = [0, 1, 1].map((n) => ask(n, 'GET', '/products'));
    await until(() => (held.length === 3 ? true : undefined));
    const { body } = await ask(0, 'GET', '/platform/topology', admin);
    for (const release of held) release();
    await Promise.all(asking);
    order.respond = sayId('order-1');
    expect(body).toMatchObject({
      answeredBy: 'gateway-1',
      silent: [],
      gateways: [
        { id: 'gateway-1', state: 'ready' },
        { id: 'gateway-2', state: 'ready', inFlight: 2 },
      ],
      services: [
        { name: 'auth', instances: [{ id: 'auth-1', state: 'ready' }] },
        { name: 'order', instances: [{ id: 'order-1', inFlight: 3, available: true, ejectedUntil: null }] },
      ],
      redis: { nodes: [{ role: 'primary', up: true, lagBytes: 0 }] },
      postgres: [
        { service: 'auth', state: 'unknown' },
        { service: 'user', askedAt: null, state: 'unknown' },
        { service: 'order', askedAt: 'order-1', state: 'down' },
      ],
    });
  });

  it('show what came of the last tries, of each worker and of all of them, and how instances are chosen', async () => {
    const admin = await signIn('user', 'admin');
    order.respond = (_incoming, response) => response.writeHead(500).end();
    // Again if need be: on a machine that stood still meanwhile the last seconds are empty.
    const { order: ofOrder, workers } = await until(async () => {
      await Promise.all([0, 1].map((n) => ask(n, 'GET', '/products')));
      const topology = (await ask(0, 'GET', '/platform/topology', admin)).body as unknown as Topology;
      const found = topology.services.find(({ name }) => name === 'order');
      const isSeen = found?.instances[0]?.seenBy.every(({ traffic }) => traffic.perSecond > 0);
      return isSeen ? { order: found, workers: topology.gateways } : undefined;
    });
    order.respond = sayId('order-1');
    expect(ofOrder?.policy).toBe('p2c-ewma');
    const { traffic, seenBy = [] } = ofOrder?.instances[0] ?? {};
    expect(seenBy.map(({ gateway }) => gateway)).toEqual(['gateway-1', 'gateway-2']);
    for (const each of [traffic, ...seenBy.map((sight) => sight.traffic)]) {
      expect(each).toMatchObject({ p50Ms: expect.any(Number), p99Ms: expect.any(Number) });
      expect(each?.failedShare).toBeGreaterThan(0);
    }
    expect(traffic?.perSecond).toBeGreaterThan(seenBy[0]?.traffic.perSecond ?? Infinity);
    for (const worker of workers) expect(worker.traffic?.failedShare).toBeGreaterThan(0);
  });

  it('tell an instance that it rests, as the gateway and not as the administrator', async () => {
    const admin = await signIn('user', 'admin');
    const told: (string | undefined)[] = [];
    order.respond = ({ method, url, headers }, response) => {
      told.push(`${method} ${url} ${String(headers.authorization !== admin.authorization)}`);
      response.writeHead(url?.endsWith('undrain') ? 409 : 204).end();
    };
    const rest = (id: string, action = 'drain') =>
      ask(0, 'POST', `/platform/instances/${id}/${action}`, admin);
    expect(await rest('order-1')).toMatchObject({ status: 202, body: { id: 'order-1', state: 'draining' } });
    expect(await rest('order-1', 'undrain')).toMatchObject({ status: 409, body: { code: 'ERR_CONFLICT' } });
    expect(told).toEqual(['POST /internal/membership/drain true', 'POST /internal/membership/undrain true']);
    order.respond = sayId('order-1');
    expect(await rest('order-9')).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    expect(await rest('a%2Fb')).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
  });

  it('have a worker rest, which lets streams end and takes no connection until it works again', async () => {
    const admin = await signIn('user', 'admin');
    const stream = await listen(0, admin);
    expect((await ask(1, 'POST', '/platform/instances/gateway-1/drain', admin)).status).toBe(202);
    await until(() => stream.ended || undefined);
    await expect(ask(0, 'GET', '/livez')).rejects.toThrow('ECONNREFUSED');
    expect(await ask(1, 'POST', '/platform/instances/gateway-2/drain', admin)).toMatchObject({
      status: 409,
      body: { code: 'ERR_CONFLICT' },
    });
    expect((await ask(1, 'POST', '/platform/instances/gateway-1/undrain', admin)).status).toBe(202);
    expect((await ask(0, 'GET', '/readyz')).status).toBe(200);
    expect((await listen(0, admin)).answer.statusCode).toBe(200);
  });

  it('break processes where somebody does that, and know no such thing elsewhere', async () => {
    const admin = await signIn('user', 'admin');
    const fault = (n: number, body: object) =>
      ask(n, 'POST', '/platform/instances/order-1/fault', admin, body);
    expect(await fault(0, { kind: 'kill' })).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    expect(await fault(1, { kind: 'stop', forMs: 5 })).toMatchObject({
      status: 202,
      body: { id: 'order-1', kind: 'stop', forMs: 5, until: expect.stringMatching(/Z$/) },
    });
    expect(faults.at(-1)).toEqual({ about: 'fault', id: 'order-1', kind: 'stop', forMs: 5 });
    for (const body of [{}, { kind: 'burn' }, { kind: 'stop', forMs: 60_001 }, { kind: 'stop', forMs: 0 }]) {
      expect(await fault(1, body)).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
    }
  });
});

describe('the policy of the balancer', () => {
  it('is changed in all workers, of one service or of all', async () => {
    const admin = await signIn('user', 'admin');
    const change = (body: object) => ask(0, 'PUT', '/platform/balancer', admin, body);
    const policies = () =>
      gateways.map(({ app }) => {
        const upstreams = app.get(Upstreams, { strict: false });
        return [upstreams.policyOf('order'), upstreams.policyOf('user')];
      });
    expect(await change({ policy: 'p2c' })).toMatchObject({
      status: 200,
      body: { policy: 'p2c', silent: [] },
    });
    await change({ service: 'order', policy: 'round-robin' });
    expect(policies()).toEqual([
      ['round-robin', 'p2c'],
      ['round-robin', 'p2c'],
    ]);
    for (const body of [{ policy: 'best' }, { service: 'nobody', policy: 'p2c' }, {}]) {
      expect(await change(body)).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
    }
    expect(BALANCER_POLICIES).toEqual(POLICY_NAMES);
  });
});

describe('the stream of events', () => {
  it('tells once what both workers hear, at both, and goes on where it broke off', async () => {
    const admin = await signIn('user', 'admin');
    const streams = [await listen(0, admin), await listen(1, admin)];
    const { headers } = streams[0]?.answer ?? {};
    expect(headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-served-by': 'gateway-1' });
    const notice = { type: 'session-revoked', because: 'logout', revoked: 1, sessionIds: ['s-1'] } as const;
    await giveNotice(redis, notice);
    await giveNotice(redis, { ...notice, sessionIds: ['s-2'] });
    for (const stream of streams) await until(() => stream.text.includes('s-2') || undefined);
    // Whatever the second worker heard comes before this.
    gateways[1].app.get(SupervisorLink, { strict: false }).tell({ type: 'instance-ejected', detail: {} });
    const [text] = await Promise.all(
      streams.map((stream) =>
        until(() => (stream.text.includes('instance-ejected') ? stream.text : undefined)),
      ),
    );
    for (const sessionId of ['s-1', 's-2']) expect(text?.split(`"${sessionId}"`)).toHaveLength(2);
    const [, firstId = ''] = /"s-1".*"id":"([^"]+)"/.exec(text ?? '') ?? [];
    expect(firstId).not.toBe('');
    const again = await listen(1, { ...admin, 'last-event-id': firstId });
    const missed = await until(() => (again.text.includes('instance-ejected') ? again.text : undefined));
    expect(missed).toContain('s-2');
    expect(missed).not.toContain('s-1');
  });

  it('ends with the session that opened it, and with no other', async () => {
    const [admin, other] = [await signIn('user', 'admin'), await signIn('user', 'admin')];
    const [own, others] = [await listen(0, admin), await listen(0, other)];
    await manager.revoke(admin.sessionId, 'logout');
    await until(() => own.ended || undefined);
    expect(others.ended).toBe(false);
  });
});
