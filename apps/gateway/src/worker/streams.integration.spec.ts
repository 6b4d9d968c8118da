import { setTimeout as sleep } from 'node:timers/promises';
import { RedisRegistry } from '@holdfast/balancer-redis';
import { createLogger, createSessionManager } from '@holdfast/service-defaults';
import type { LiveSession, SessionManager } from '@holdfast/session-core';
import { Belief, createRedis, JournalAcknowledgements } from '@holdfast/session-redis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { WebSocket } from 'ws';
import { readConfig } from '../config.js';
import { Client, echoOn } from '../spec/echo.js';
import { head, RawConnection } from '../spec/raw-http.js';
import { Upstream } from '../spec/upstream.js';
import { emptyRegistry, workerEnvironment } from '../spec/worker-store.js';
import { createGateway, type RunningGateway } from './create-gateway.js';

const { issuer, environment: ofWorkers } = workerEnvironment('streams');
const environment = { ...ofWorkers, GATEWAY_ROUTES: 'live=live', DRAIN_DEADLINE_MS: '3000' };

let redis: Redis;
let belief: Belief;
let acknowledgements: JournalAcknowledgements;
let members: RedisRegistry;
let manager: SessionManager;
let auth: Upstream;
let live: Upstream;
let served: WebSocket[];
let tick: () => void;
let gateway: RunningGateway | undefined;

beforeAll(async () => {
  redis = await emptyRegistry(environment.REDIS_URL);
  const connect = (role: 'read' | 'write' | 'general') => createRedis({ url: environment.REDIS_URL }, role);
  const connections = { read: connect('read'), write: connect('write') };
  belief = new Belief({ ...connections, instance: 'auth-1', durability: 'local' });
  acknowledgements = new JournalAcknowledgements({
    belief,
    redis: connect('general'),
    verifiedWithinMs: 60_000,
  });
  const { refreshKeys } = issuer;
  manager = createSessionManager(readConfig(environment), belief, { refreshKeys, acknowledgements });
  auth = await Upstream.start('auth-1', (_request, response) => {
    void issuer.getKey('test-key').then((key) => {
      const jwk = { ...key?.export({ format: 'jwk' }), kid: 'test-key', alg: 'ES256', use: 'sig' };
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
    });
  });
  live = await Upstream.start('live-1', (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    tick = () => void response.write('data: tick\n\n');
  });
  served = echoOn(live);
  members = new RedisRegistry(redis);
  await members.announce(auth.member());
  await members.announce(live.member());
}, 20_000);

afterEach(async () => {
  await gateway?.drain();
  gateway = undefined;
});

afterAll(async () => {
  await Promise.all([auth.stop(), live.stop()]);
  await members.close();
  acknowledgements.close();
  await belief.close();
  redis.disconnect();
});

async function start(SESSION_STRATEGY: string): Promise<RunningGateway> {
  const logger = createLogger({ service: 'gateway', instance: 'gateway-1', level: 'silent' });
  const config = readConfig({ ...environment, SESSION_STRATEGY });
  // Swagger's static files come from a package that Jest cannot load; the end-to-end suite asks for /docs.
  gateway = await createGateway(config, 'gateway-1', { logger, serveDocs: () => undefined });
  // Until it follows the journal it asks the store about each request and each second about streams, and receipts do not wait for it.
  const follows = gateway.app.get(Belief, { strict: false });
  while (SESSION_STRATEGY === 'hybrid' && follows.state !== 'fresh') await sleep(5);
  served.length = 0;
  return gateway;
}

async function signIn(userId: string): Promise<LiveSession> {
  const client = { ip: '127.0.0.1', userAgent: 'spec' };
  return (await manager.begin({ userId, roles: ['user'], client })).session;
}

/** A WebSocket and an event stream of a session. */
async function open({ port }: RunningGateway, { record }: LiveSession) {
  const authorization = `Bearer ${await issuer.accessToken(record)}`;
  const socket = await Client.opened(`http://127.0.0.1:${port}/live`, { headers: { authorization } });
  const events = await RawConnection.open(port);
  events.send(
    head('GET /live HTTP/1.1', 'Host: a', 'Accept: text/event-stream', `Authorization: ${authorization}`),
  );
  await events.until(() => events.text.includes('text/event-stream'));
  return { socket, events };
}

/** The service says something to both. */
function say(): void {
  served.at(-1)?.send('too late');
  tick();
}

describe('streams through a gateway worker', () => {
  it('G8: are closed when the receipt of a logout says that all have heard of it', async () => {
    const worker = await start('hybrid');
    // A busy machine may take longer than a receipt waits: then it says so, and says nothing of streams.
    for (let attempt = 1; ; attempt++) {
      const session = await signIn(`u1-${attempt}`);
      const { socket, events } = await open(worker, session);
      expect(await socket.echo('hello')).toBe('hello');
      const receipt = await manager.revoke(session.record.sessionId, 'logout');
      say();
      expect(await socket.closed).toEqual([1008, 'the session has ended']);
      await events.untilClosed();
      if (receipt.acknowledgedBy < receipt.instances && attempt < 10) continue;
      expect(receipt).toMatchObject({ revoked: 1, acknowledgedBy: receipt.instances });
      expect([socket.messages, events.text.includes('tick')]).toEqual([['hello'], false]);
      return;
    }
  }, 20_000);

  it('G8: of all sessions of a user are closed together', async () => {
    const worker = await start('hybrid');
    const all = [await signIn('u2'), await signIn('u2')];
    const streams = await Promise.all(all.map((session) => open(worker, session)));
    const others = await open(worker, await signIn('u3'));
    await manager.revokeAll('u2', 'revoked');
    for (const { socket, events } of streams) {
      expect((await socket.closed)[0]).toBe(1008);
      await events.untilClosed();
    }
    expect(await others.socket.echo('still here')).toBe('still here');
    others.events.socket.destroy();
  }, 20_000);

  it('are closed within a look with the strategy store, which has no journal', async () => {
    const worker = await start('store');
    const session = await signIn('u4');
    const { socket, events } = await open(worker, session);
    await manager.revoke(session.record.sessionId, 'logout');
    expect(await socket.closed).toEqual([1008, 'the session has ended']);
    await events.untilClosed();
  }, 20_000);

  it('bitten 12: are told to come again when the worker drains, long before the deadline', async () => {
    const worker = await start('hybrid');
    const { socket, events } = await open(worker, await signIn('u5'));
    const drained = worker.drain();
    expect(await socket.closed).toEqual([1001, 'going away']);
    await events.until(() => events.text.endsWith('0\r\n\r\n'));
    await drained;
    gateway = undefined;
  }, 20_000);
});
