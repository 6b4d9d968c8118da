import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { Upstream } from '../spec/upstream.js';

const MIB = 1024 * 1024;
const SIZE = (process.env['TEST_LONG'] === '1' ? 1024 : 96) * MIB;
/** Far below the size of a body, and far above what sockets hold. */
const GROWTH = (process.env['TEST_LONG'] === '1' ? 192 : 64) * MIB;
const CHUNK = Buffer.alloc(64 * 1024, 'x');

let gateway: GatewayUnderTest;
let order: Upstream;
beforeAll(async () => {
  gateway = await GatewayUnderTest.start({ bodyLimitBytes: SIZE });
  order = await Upstream.start('order-1');
  gateway.use(order);
});
afterAll(() => gateway.stop());

function* bytes(): Generator<Buffer> {
  for (let sent = 0; sent < SIZE; sent += CHUNK.length) yield CHUNK;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/**
 * How far memory that holds bodies grew at most while something went on. Buffers live outside of the heap. What nobody
 * holds any more is collected before it is looked at: when that happens by itself is the machine's affair.
 */
async function growthDuring(work: () => Promise<void>): Promise<number> {
  const held = () => {
    collectGarbage();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };
  const before = held();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, held())), 150);
  await work();
  clearInterval(timer);
  return most - before;
}

describe(`a body of ${SIZE / MIB} MiB`, () => {
  it('comes down in memory that stays flat', async () => {
    order.respond = (_request, response) => {
      response.setHeader('content-length', SIZE);
      pipeline(Readable.from(bytes()), response).catch(() => undefined);
    };
    let received = 0;
    const growth = await growthDuring(async () => {
      const { body } = await fetch(`${gateway.url}/products`);
      for await (const chunk of body ?? []) received += (chunk as Uint8Array).length;
    });
    expect(received).toBe(SIZE);
    expect(growth).toBeLessThan(GROWTH);
  }, 240_000);

  it.each([
    ['with a length', { 'content-length': String(SIZE) }],
    ['in chunks', {}],
  ])(
    'goes up %s in memory that stays flat',
    async (_what, headers) => {
      let received = 0;
      order.respond = (request, response) => {
        request
          .on('data', (chunk: Buffer) => (received += chunk.length))
          .on('end', () => response.end('thanks'));
      };
      const growth = await growthDuring(async () => {
        const sent = httpRequest(`${gateway.url}/cart/items/1`, { method: 'PUT', headers });
        const answered = new Promise((resolve) =>
          sent.once('response', (answer) => resolve(answer.resume())),
        );
        await pipeline(Readable.from(bytes()), sent);
        await answered;
      });
      expect(received).toBe(SIZE);
      expect(growth).toBeLessThan(GROWTH);
    },
    240_000,
  );
});
