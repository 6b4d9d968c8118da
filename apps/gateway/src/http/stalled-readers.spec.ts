import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { acceptor } from '../spec/echo.js';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { head, RawConnection } from '../spec/raw-http.js';
import { Upstream } from '../spec/upstream.js';
import { StalledReaders, type ReadAnswer } from './stalled-readers.js';

const PATIENCE_MS = 400;
const SOON_MS = 30_000;
/** More than the buffers of two sockets hold. */
const LARGE = Buffer.alloc(16 * 1024 * 1024, 'x');

let order: Upstream;
let gateway: GatewayUnderTest;

beforeEach(async () => {
  gateway = await GatewayUnderTest.start({
    limits: { readerPatienceMs: PATIENCE_MS },
    settings: { connections: 2, tryTimeoutMs: SOON_MS },
  });
  order = await Upstream.start('order-1');
  gateway.use(order);
});
afterEach(() => gateway.stop());

/** A client that asks for something and takes nothing of the answer. */
async function stalled(...lines: string[]): Promise<RawConnection> {
  const connection = await RawConnection.open(gateway.port);
  connection.socket.pause();
  return connection.send(head(...lines, 'Host: a'));
}

describe('readers that take nothing of an answer', () => {
  it('are cut, so that they do not hold all connections to a service for ever', async () => {
    order.respond = ({ url }, response) => void response.end(url === '/products' ? LARGE : 'here');
    const all = await Promise.all([1, 2, 3].map(() => stalled('GET /products HTTP/1.1')));
    await all[0]?.until(() => order.requests.length === 2, SOON_MS);
    // It waits for a connection that none of them lets go.
    expect(await (await fetch(`${gateway.url}/orders`)).text()).toBe('here');
    for (const { socket } of all) socket.destroy();
  });

  it('of a WebSocket are cut with it, and its service hears of it', async () => {
    let isOpen = false;
    order.onUpgrade((request, socket, data) => {
      acceptor(request, socket, data);
      isOpen = true;
      socket.once('close', () => (isOpen = false)).write(LARGE);
    });
    const connection = await stalled(
      'GET /products HTTP/1.1',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    );
    await connection.until(() => isOpen, SOON_MS);
    await connection.until(() => !isOpen, SOON_MS);
    connection.socket.destroy();
  });
});

describe('a look at who reads', () => {
  /** An answer of which so much was written, and so much of that waits for its reader. */
  const answer = (written: number, waiting: number) => ({
    writableLength: waiting,
    socket: { bytesWritten: written, writableLength: waiting },
  });

  it('cuts whose answer waits, and has not moved since the last look', () => {
    const answers = {
      stalled: answer(100, 40),
      slow: answer(100, 40),
      // It has sent more since, of which nothing was taken.
      filling: answer(100, 40),
      done: answer(100, 0),
      out: { ...answer(0, 10), socket: null },
    };
    const cut: unknown[] = [];
    const readers = new StalledReaders<ReadAnswer>(
      () => Object.values(answers),
      (each) => cut.push(each),
    );
    readers.look();
    Object.assign(answers.slow.socket, { bytesWritten: 101, writableLength: 40 });
    Object.assign(answers.filling.socket, { bytesWritten: 200, writableLength: 140 });
    readers.look();
    expect(cut).toEqual([answers.stalled, answers.filling]);
  });

  it('begins anew with an answer that waited for nothing in between', () => {
    const reader = answer(100, 40);
    const cut: unknown[] = [];
    const readers = new StalledReaders(
      () => [reader],
      (each) => cut.push(each),
    );
    readers.look();
    Object.assign(reader, answer(100, 0));
    readers.look();
    Object.assign(reader, answer(140, 80));
    readers.look();
    expect(cut).toEqual([]);
  });
});
