import { BlockList } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { head, RawConnection } from '../spec/raw-http.js';
import { Upstream } from '../spec/upstream.js';

/** The long form waits for the real times, with as many as an attacker's first try has. */
const IS_LONG = process.env['TEST_LONG'] === '1';
const DRIBBLERS = IS_LONG ? 400 : 60;
const CUT_WITHIN_MS = IS_LONG ? 45_000 : 20_000;

let order: Upstream;
let gateway: GatewayUnderTest;
afterEach(() => gateway.stop());
beforeAll(async () => {
  order = await Upstream.start('order-1');
});
afterAll(() => order.stop());

/** Sends a byte at a time, for as long as the other side listens. */
function dribble(connection: RawConnection, bytes: string, everyMs: number): void {
  let at = 0;
  const timer = setInterval(() => {
    if (connection.closed || connection.socket.destroyed) return clearInterval(timer);
    connection.send(bytes[at++ % bytes.length] ?? 'a');
  }, everyMs);
  connection.socket.once('close', () => clearInterval(timer));
}

describe('dribbling senders', () => {
  it(
    `bitten 11: ${DRIBBLERS} of them, in heads and in bodies, are cut, and keep nobody from an answer`,
    async () => {
      const short = IS_LONG ? {} : { headersTimeoutMs: 1_000, requestTimeoutMs: 2_000 };
      gateway = await GatewayUnderTest.start(short);
      gateway.upstreams.update([order.member()]);
      const all = await Promise.all(
        Array.from({ length: DRIBBLERS }, () => RawConnection.open(gateway.port)),
      );
      all.forEach((connection, index) => {
        const inBody = index % 2 === 1;
        connection.send(
          inBody
            ? head('PUT /cart/items/1 HTTP/1.1', 'Host: a', 'Content-Length: 900000')
            : 'GET /products HTTP/1.1\r\nHost: a\r\nX-Slow: ',
        );
        dribble(connection, 'aaaa', IS_LONG ? 1_000 : 100);
      });
      const before = order.requests.length;
      expect((await fetch(`${gateway.url}/products`)).status).toBe(200);
      // Nobody who dribbles has reached the service, which they would keep busy.
      expect(order.requests.length - before).toBe(1);
      await Promise.all(all.map((connection) => connection.until(() => connection.closed, CUT_WITHIN_MS)));
      expect(new Set(all.map(({ text }) => text.slice(9, 12)))).toEqual(new Set(['408']));
    },
    CUT_WITHIN_MS + 20_000,
  );
});

describe('connections of one address', () => {
  const limited = (trusted: BlockList) =>
    GatewayUnderTest.start({ limits: { sockets: { perAddress: 2, trustedProxies: trusted } } });

  it('are closed unread over the limit, until others close', async () => {
    gateway = await limited(new BlockList());
    const [first, second] = [await RawConnection.open(gateway.port), await RawConnection.open(gateway.port)];
    const third = await RawConnection.open(gateway.port);
    await third.untilClosed();
    expect([first.closed, second.closed, third.text]).toEqual([false, false, '']);
    first.socket.destroy();
    for (;;) {
      const next = await RawConnection.open(gateway.port);
      next.send(head('GET /nothing HTTP/1.1', 'Host: a'));
      await next.until(() => next.closed || next.text !== '');
      next.socket.destroy();
      if (next.text.startsWith('HTTP/1.1 404')) break;
    }
  });

  it('are not counted where the address is a trusted proxy', async () => {
    const trusted = new BlockList();
    trusted.addSubnet('127.0.0.0', 8);
    gateway = await limited(trusted);
    const all = await Promise.all(Array.from({ length: 5 }, () => RawConnection.open(gateway.port)));
    for (const connection of all) connection.send(head('GET /nothing HTTP/1.1', 'Host: a'));
    await Promise.all(all.map((connection) => connection.until(() => connection.text.includes('404'))));
    for (const { socket } of all) socket.destroy();
  });
});
