import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisRegistry } from '@holdfast/balancer-redis';
import { createRedis } from '@holdfast/session-redis';

/** How an instance is to behave; it can be told anew at any time. */
export interface UpstreamMood {
  /** How long each answer takes, in milliseconds. */
  readonly serviceMs: number;
  /** Answers 503 at once, and says all the same that it is well. */
  readonly isBroken: boolean;
}

/** What an instance is started with. */
export interface UpstreamOrder {
  readonly id: string;
  readonly port: number;
  readonly redisUrl: string;
  /** Sent with each answer, flat: what the platform's services send. */
  readonly headers: readonly string[];
  readonly mood: UpstreamMood;
}

/** As the platform's services, but for longer than half of a second: others learn of a drain by asking. */
const LINGER_MS = 1_500;
/** Longer than any proxy keeps a connection idle. */
const KEEP_ALIVE_MS = 120_000;

const order = JSON.parse(process.argv[2] ?? '') as UpstreamOrder;
const body = Buffer.from(JSON.stringify({ items: [{ productId: 'p-1', quantity: 2 }], servedBy: order.id }));
const plain = ['content-type', 'application/json; charset=utf-8', 'content-length', String(body.length)];
const headers = [...plain, ...order.headers, 'x-served-by', order.id];
let { mood } = order;
let isDraining = false;

const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  if (isDraining) response.shouldKeepAlive = false;
  if (request.url === '/readyz') return void response.writeHead(isDraining ? 503 : 200).end();
  if (request.method === 'GET') return answer(request, response);
  request.resume().once('end', () => answer(request, response));
});

function answer({ method }: IncomingMessage, response: ServerResponse): void {
  if (mood.isBroken) return void response.writeHead(503, ['content-length', '0']).end();
  const status = method === 'POST' ? 201 : 200;
  const send = () => response.writeHead(status, headers).end(body);
  if (mood.serviceMs === 0) send();
  else setTimeout(send, mood.serviceMs);
}

const redis = createRedis({ url: order.redisUrl }, 'general');
const registry = new RedisRegistry(redis);

/** Not ready, still serving, each answer closing its connection; then nothing new, and the end with the last answer. */
async function drain(): Promise<void> {
  isDraining = true;
  await registry.drain(order.id);
  await sleep(LINGER_MS);
  await new Promise((resolve) => server.close(resolve));
  await registry.close();
  process.exit(0);
}

process.once('SIGTERM', () => void drain());
process.once('disconnect', () => process.exit(0));
process.on('message', (told: UpstreamMood) => {
  mood = told;
  process.send?.({ done: true });
});
server.listen(order.port, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${order.port}`;
  const run = { pid: process.pid, startedAt: Date.now() };
  void registry
    .announce({ id: order.id, service: 'order', url, state: 'ready', ...run })
    .then(() => process.send?.({ ready: true }));
});
