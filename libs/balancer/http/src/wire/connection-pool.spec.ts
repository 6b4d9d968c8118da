import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ConnectionPool, type ConnectionPoolOptions } from './connection-pool.js';
import type { Exchange, ExchangeListener } from './exchange.js';
import type { WireRequest } from './request-head.js';

const servers: Server[] = [];
const sockets = new Set<Socket>();
const pools: ConnectionPool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.destroy()));
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = (listener: RequestListener) => listening(createServer(listener));
/** One that answers each piece that comes with what `answer` says; `undefined`: not at all. */
const serveRaw = (answer: (received: string, socket: Socket) => string | undefined) =>
  listening(
    createTcpServer((socket) => {
      socket.on('data', (piece) => {
        const text = answer(piece.toString('latin1'), socket);
        if (text !== undefined) socket.write(text, 'latin1');
      });
    }),
  );

function poolTo(origin: string, options: Partial<ConnectionPoolOptions> = {}): ConnectionPool {
  const pool = new ConnectionPool(origin, {
    connections: 2,
    connectTimeoutMs: 1_000,
    bodyTimeoutMs: 5_000,
    ...options,
  });
  pools.push(pool);
  return pool;
}

interface Answered {
  readonly exchange: Exchange;
  readonly sent: () => boolean;
  /** Status and body, or the error's code. */
  readonly outcome: Promise<string>;
}

function ask(
  pool: ConnectionPool,
  request: Partial<WireRequest> = {},
  more: Partial<ExchangeListener> = {},
): Answered {
  let [sent, status] = [false, 0];
  const chunks: Buffer[] = [];
  let settle: (outcome: string) => void = () => undefined;
  const outcome = new Promise<string>((resolve) => (settle = resolve));
  const exchange = pool.send(
    { method: 'GET', path: '/', headers: [], ...request },
    {
      onSent: () => (sent = true),
      onHead: (code) => (status = code),
      onUpgrade: () => settle('upgraded'),
      onData: (chunk) => chunks.push(chunk) > 0,
      onEnd: () => settle(`${status} ${Buffer.concat(chunks).toString()}`),
      onError: (error) => settle((error as NodeJS.ErrnoException).code ?? error.message),
      ...more,
    },
  );
  return { exchange, sent: () => sent, outcome };
}

async function* inPieces(...pieces: readonly string[]) {
  for (const piece of pieces) {
    await sleep(1);
    yield Buffer.from(piece);
  }
}

const bodyOf = (...pieces: readonly string[]) => {
  const body = { opened: false, open: () => ((body.opened = true), inPieces(...pieces)) };
  return body;
};

const HI = 'HTTP/1.1 200 x\r\ncontent-length: 2\r\n\r\nhi';

describe('connections', () => {
  it('are used again, and no more are opened than may be', async () => {
    const origin = await serve((_request, response) => void setTimeout(() => response.end('hi'), 5));
    const pool = poolTo(origin);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => ask(pool).outcome));
    expect(outcomes).toEqual(Array.from({ length: 10 }, () => '200 hi'));
    expect(sockets.size).toBeGreaterThanOrEqual(1);
    expect([...sockets].filter(({ destroyed }) => !destroyed)).toHaveLength(2);
  });

  it('go to an origin that is known by its name', async () => {
    const origin = await serve((_request, response) => void response.end('hi'));
    const pool = poolTo(origin.replace('127.0.0.1', 'localhost'));
    expect([await ask(pool).outcome, await ask(pool).outcome]).toEqual(['200 hi', '200 hi']);
  });

  it('carry one exchange at a time', async () => {
    let [now, most] = [0, 0];
    const origin = await serve((_request, response) => {
      most = Math.max(most, (now += 1));
      setTimeout(() => response.end(String((now -= 1))), 5);
    });
    const pool = poolTo(origin, { connections: 3 });
    await Promise.all(Array.from({ length: 9 }, () => ask(pool).outcome));
    expect(most).toBe(3);
  });

  it('are not used again when something follows an answer unasked', async () => {
    const origin = await serveRaw(() => `${HI}HTTP/1.1 200 x\r\ncontent-length: 4\r\n\r\nevil`);
    const pool = poolTo(origin, { connections: 1 });
    expect(await ask(pool).outcome).toBe('200 hi');
    expect(await ask(pool).outcome).toBe('200 hi');
  });

  it('are not used again when something comes while nobody asks', async () => {
    let first: Socket | undefined;
    const origin = await serveRaw((_received, socket) => {
      first ??= socket;
      return HI;
    });
    const pool = poolTo(origin, { connections: 1 });
    await ask(pool).outcome;
    first?.write('HTTP/1.1 408 x\r\ncontent-length: 0\r\n\r\n');
    if (first && !first.closed) await once(first, 'close');
    expect(await ask(pool).outcome).toBe('200 hi');
  });

  it.each([
    'HTTP/1.1 200 x\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi',
    'HTTP/1.0 200 x\r\ncontent-length: 2\r\n\r\nhi',
  ])('are not used again after %j', async (answer) => {
    const used = new Set<Socket>();
    const origin = await serveRaw((_received, socket) => (used.add(socket), answer));
    const pool = poolTo(origin, { connections: 1 });
    await ask(pool).outcome;
    await ask(pool).outcome;
    expect(used.size).toBe(2);
  });

  it('are closed before the other end says it will close them', async () => {
    let [asked, closedAfterMs] = [0, 0];
    const origin = await serveRaw((_received, socket) => {
      asked = performance.now();
      socket.on('end', () => (closedAfterMs = performance.now() - asked));
      return 'HTTP/1.1 200 x\r\nkeep-alive: timeout=3\r\ncontent-length: 0\r\n\r\n';
    });
    await ask(poolTo(origin)).outcome;
    while (closedAfterMs === 0) await sleep(20);
    expect(closedAfterMs).toBeLessThan(3_000);
  });
});

describe('what cannot be had', () => {
  it('is refused by nobody who listens, and was not sent', async () => {
    const origin = await listening(createTcpServer());
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    const asked = Array.from({ length: 5 }, () => ask(poolTo(origin)));
    for (const { outcome, sent } of asked) {
      expect(await outcome).toBe('ECONNREFUSED');
      expect(sent()).toBe(false);
    }
  });

  it('breaks off when the other end closes, and was sent', async () => {
    const origin = await serveRaw((_received, socket) => void socket.destroy());
    const { outcome, sent } = ask(poolTo(origin));
    expect(await outcome).toMatch(/CLOSED|ECONNRESET/);
    expect(sent()).toBe(true);
  });

  it.each([
    ['garbage', 'garbage', 'BAD_RESPONSE'],
    ['half a body', 'HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\nhalf', 'CLOSED'],
    ['a protocol that nobody asked for', 'HTTP/1.1 101 x\r\nupgrade: x\r\n\r\n', 'BAD_RESPONSE'],
  ])('is %s', async (_what, answer, code) => {
    const origin = await serveRaw((_received, socket) => void socket.end(answer));
    expect(await ask(poolTo(origin)).outcome).toBe(code);
  });

  it('is a body that goes silent', async () => {
    const origin = await serveRaw(() => 'HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\nhalf');
    expect(await ask(poolTo(origin, { bodyTimeoutMs: 100 })).outcome).toBe('BODY_TIMEOUT');
  });

  it('is another protocol where none may be asked for', async () => {
    const origin = await serve((_request, response) => void response.end());
    expect(await ask(poolTo(origin), { upgrade: 'websocket' }).outcome).toBe('BAD_REQUEST');
  });

  it('is anything from a pool that is closed', async () => {
    const pool = poolTo(await serve((_request, response) => void response.end('hi')));
    await ask(pool).outcome;
    await pool.close();
    expect(await ask(pool).outcome).toBe('POOL_CLOSED');
  });

  it('leaves the connection to others if the request cannot be sent', async () => {
    const pool = poolTo(await serve((_request, response) => void response.end('hi')), { connections: 1 });
    const outcomes = ['/', '/a b', '/'].map((path) => ask(pool, { path }).outcome);
    expect(await Promise.all(outcomes)).toEqual(['200 hi', 'BAD_REQUEST', '200 hi']);
    expect(sockets.size).toBeGreaterThanOrEqual(1);
  });
});

describe('who gives up', () => {
  it('hears no more, and ends the connection that carried it', async () => {
    let closed = false;
    const origin = await serve((request) => request.socket.once('close', () => (closed = true)));
    const { exchange, outcome, sent } = ask(poolTo(origin));
    while (!sent()) await sleep(1);
    exchange.abort();
    while (!closed) await sleep(1);
    expect(await Promise.race([outcome, sleep(20, 'nothing')])).toBe('nothing');
  });

  it('leaves the line, and is never sent', async () => {
    const paths: (string | undefined)[] = [];
    const pool = poolTo(
      await serve(({ url }, response) => {
        paths.push(url);
        setTimeout(() => response.end('hi'), 5);
      }),
      { connections: 1 },
    );
    const first = ask(pool, { path: '/first' });
    ask(pool, { path: '/second' }).exchange.abort();
    const third = ask(pool, { path: '/third' });
    await Promise.all([first.outcome, third.outcome]);
    expect(paths).toEqual(['/first', '/third']);
  });
});

describe('bodies', () => {
  const echo: RequestListener = (request, response) => void request.pipe(response);

  it.each<[string, Partial<WireRequest>]>([
    ['whole', { body: Buffer.from('hello') }],
    ['in chunks', { body: bodyOf('he', '', 'llo') }],
    ['with their length', { headers: ['content-length', '5'], body: bodyOf('he', 'llo') }],
  ])('are sent %s', async (_how, request) => {
    const pool = poolTo(await serve(echo), { connections: 1 });
    expect(await ask(pool, { method: 'POST', ...request }).outcome).toBe('200 hello');
    expect(await ask(pool, { method: 'POST', body: Buffer.from('next') }).outcome).toBe('200 next');
  });

  it.each([
    ['shorter', ['he']],
    ['longer', ['hello', '!']],
  ])('that are %s than they say break off', async (_how, pieces) => {
    const received: string[] = [];
    const origin = await serve((request) => void request.on('data', (piece) => received.push(String(piece))));
    const request = { method: 'POST', headers: ['content-length', '5'], body: bodyOf(...pieces) };
    expect(await ask(poolTo(origin), request).outcome).toBe('BAD_REQUEST');
    expect(received.join('').length).toBeLessThanOrEqual(5);
  });

  it('that break off themselves break the request off', async () => {
    const body = {
      opened: false,
      open: async function* () {
        yield Buffer.from('half');
        await sleep(1);
        throw new RangeError('enough');
      },
    };
    let whole = false;
    const origin = await serve(
      (request) => void request.on('error', () => undefined).on('end', () => (whole = true)),
    );
    expect(await ask(poolTo(origin), { method: 'POST', body }).outcome).toBe('enough');
    expect(whole).toBe(false);
  });

  it('are not opened before a connection stands', async () => {
    const body = bodyOf('x');
    const origin = await listening(createTcpServer());
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    expect(await ask(poolTo(origin), { method: 'POST', body }).outcome).toBe('ECONNREFUSED');
    expect(body.opened).toBe(false);
  });

  it('may be answered before they are whole; the connection is not used again then', async () => {
    const used = new Set<Socket>();
    const origin = await serveRaw((_received, socket) =>
      used.has(socket) ? undefined : (used.add(socket), HI),
    );
    const pool = poolTo(origin, { connections: 1 });
    const endless = {
      opened: false,
      open: async function* () {
        for (;;) {
          yield Buffer.from('x');
          await sleep(1);
        }
      },
    };
    expect(await ask(pool, { method: 'POST', body: endless }).outcome).toBe('200 hi');
    expect(await ask(pool).outcome).toBe('200 hi');
    expect(used.size).toBe(2);
  });

  it('wait for a reader that is slow, however large they are', async () => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    let written = 0;
    const origin = await serve((_request, response) => {
      const write = () => {
        while (written < 64 * 1024 * 1024) {
          written += piece.length;
          if (!response.write(piece)) return void response.once('drain', write);
        }
        response.end();
      };
      write();
    });
    let [received, isPaused] = [0, false];
    const { exchange, outcome } = ask(
      poolTo(origin),
      {},
      {
        onData: (chunk) => {
          received += chunk.length;
          return !isPaused;
        },
      },
    );
    isPaused = true;
    while (received === 0) await sleep(1);
    // What is under way fills the sockets' buffers, and then nothing moves.
    let before = -1;
    while (before !== written) {
      before = written;
      await sleep(50);
    }
    expect(written).toBeLessThan(32 * 1024 * 1024);
    isPaused = false;
    exchange.resume();
    await outcome;
    expect(received).toBe(64 * 1024 * 1024);
  });
});

describe('other protocols', () => {
  it('get the connection, with what came after the head', async () => {
    const origin = await serveRaw((received, socket) =>
      received.startsWith('GET')
        ? 'HTTP/1.1 101 x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nhello'
        : (socket.end(`you said ${received}`), undefined),
    );
    const pool = poolTo(origin, { maySwitch: true });
    const said = await new Promise<string>((resolve) => {
      ask(
        pool,
        { upgrade: 'echo' },
        {
          onUpgrade: (_status, _headers, connection) => {
            let text = '';
            connection.on('data', (piece: Buffer) => {
              if (text === '') connection.write('hi');
              text += piece.toString();
            });
            connection.on('end', () => resolve(text)).resume();
          },
        },
      );
    });
    expect(said).toBe('helloyou said hi');
  });

  it('may be declined', async () => {
    const pool = poolTo(await serveRaw(() => HI), { maySwitch: true });
    expect(await ask(pool, { upgrade: 'echo' }).outcome).toBe('200 hi');
  });
});
