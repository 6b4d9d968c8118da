import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { Upstream } from '../spec/upstream.js';

const MIB = 1024 * 1024;
const SIZE = (process.env['TEST_LONG'] === '1' ? 1024 : 256) * MIB;
/** What sockets and their buffers may hold on the way, with room to spare, and a quarter of a body at most. */
const ON_THE_WAY = 64 * MIB;
const CHUNK = Buffer.alloc(64 * 1024, 'x');

let gateway: GatewayUnderTest;
let order: Upstream;
beforeAll(async () => {
  gateway = await GatewayUnderTest.start({ bodyLimitBytes: SIZE });
  order = await Upstream.start('order-1');
  gateway.use(order);
});
afterAll(() => gateway.stop());

/** A body on its way, and how much of it was sent and has not arrived: all that the gateway can hold of it, and more. */
class Transfer {
  sent = 0;
  received = 0;
  mostOnTheWay = 0;

  *bytes(): Generator<Buffer> {
    while (this.sent < SIZE) {
      this.sent += CHUNK.length;
      this.mostOnTheWay = Math.max(this.mostOnTheWay, this.sent - this.received);
      yield CHUNK;
    }
  }
}

describe(`a body of ${SIZE / MIB} MiB`, () => {
  it('comes down in memory that stays flat', async () => {
    const transfer = new Transfer();
    order.respond = (_request, response) => {
      response.setHeader('content-length', SIZE);
      pipeline(Readable.from(transfer.bytes()), response).catch(() => undefined);
    };
    const { body } = await fetch(`${gateway.url}/products`);
    for await (const chunk of body ?? []) transfer.received += (chunk as Uint8Array).length;
    expect(transfer.received).toBe(SIZE);
    expect(transfer.mostOnTheWay).toBeLessThan(ON_THE_WAY);
  }, 240_000);

  it.each([
    ['with a length', { 'content-length': String(SIZE) }],
    ['in chunks', {}],
  ])(
    'goes up %s in memory that stays flat',
    async (_what, headers) => {
      const transfer = new Transfer();
      order.respond = (request, response) => {
        request
          .on('data', (chunk: Buffer) => (transfer.received += chunk.length))
          .on('end', () => response.end('thanks'));
      };
      const sent = httpRequest(`${gateway.url}/cart/items/1`, { method: 'PUT', headers });
      const answered = new Promise((resolve) => sent.once('response', (answer) => resolve(answer.resume())));
      await pipeline(Readable.from(transfer.bytes()), sent);
      await answered;
      expect(transfer.received).toBe(SIZE);
      expect(transfer.mostOnTheWay).toBeLessThan(ON_THE_WAY);
    },
    240_000,
  );
});
