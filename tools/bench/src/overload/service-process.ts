import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RedisRegistry } from '@holdfast/balancer-redis';
import { connectPatiently } from '../session/look.js';

const [, , url = '', slots = '', takes = ''] = process.argv;
const INSTANCES = 2;

/**
 * A service whose capacity is known: so many requests at a time, each of which takes so long, the others wait in the order
 * in which they came. Like most services it does not notice that somebody has left, and works for them all the same.
 */
class BoundedService {
  readonly #waiting: ServerResponse[] = [];
  #busy = 0;

  take(response: ServerResponse): void {
    this.#waiting.push(response);
    this.#next();
  }

  #next(): void {
    if (this.#busy >= Number(slots)) return;
    const response = this.#waiting.shift();
    if (!response) return;
    this.#busy += 1;
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      this.#busy -= 1;
      this.#next();
    }, Number(takes));
  }
}

const registry = new RedisRegistry(connectPatiently(url));
for (let number = 1; number <= INSTANCES; number += 1) {
  const service = new BoundedService();
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    request.resume();
    if (request.url === '/readyz') response.end('{}');
    else service.take(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await registry.announce({
    id: `order-${number}`,
    service: 'order',
    url: `http://127.0.0.1:${port}`,
    state: 'ready',
    pid: process.pid,
    startedAt: Date.now(),
  });
}
process.send?.('ready');
process.once('disconnect', () => process.exit(0));
