import { request as nodeRequest } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { ResponseParser } from './response-parser.js';
import { WireError } from './wire-error.js';

interface Parsed {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
}

/** What is read off a connection on which this comes, in these pieces, before it ends. */
function parse(pieces: readonly Buffer[], method = 'GET'): Parsed & { readonly keepsAlive: boolean } {
  let [status, headers, trailers]: [number, string[], string[] | undefined] = [0, [], undefined];
  const chunks: Buffer[] = [];
  const parser = new ResponseParser({
    onHead: (...head) => ([status, headers] = head),
    onUpgrade: () => (status = 101),
    onData: (chunk) => chunks.push(chunk) > 0,
    onEnd: (found) => (trailers = found),
  });
  parser.begin(method);
  for (const piece of pieces) parser.execute(piece);
  parser.finish();
  if (trailers === undefined) throw new Error('no response came to its end');
  return {
    ...{ status, headers, trailers, keepsAlive: parser.keepsAlive },
    body: Buffer.concat(chunks).toString('latin1'),
  };
}

const bytes = (text: string) => Buffer.from(text, 'latin1');
const read = (text: string, method?: string) => parse([bytes(text)], method);
const refusal = (text: string): unknown => {
  try {
    return read(text);
  } catch (error) {
    return error instanceof WireError ? error.code : error;
  }
};

describe('what is a response', () => {
  it('has a length', () => {
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A:\t b \r\n\r\nhi')).toEqual({
      ...{ status: 200, body: 'hi', trailers: [], keepsAlive: true },
      headers: ['Content-Length', '2', 'X-A', 'b'],
    });
  });

  it('comes in chunks, with trailers behind them', () => {
    const text =
      'HTTP/1.1 200 \r\ntransfer-encoding: Chunked\r\n\r\n2;x="y"\r\nhi\r\n00A\r\n0123456789\r\n0\r\nx-t: 1\r\n\r\n';
    expect(read(text)).toMatchObject({ body: 'hi0123456789', trailers: ['x-t', '1'], keepsAlive: true });
  });

  it('ends with its connection where it has no length', () => {
    expect(read('HTTP/1.1 200\r\nconnection: keep-alive\r\n\r\nhi')).toMatchObject({
      body: 'hi',
      keepsAlive: false,
    });
  });

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('has no body whatever its length says: %s, %i', (method, status) => {
    expect(read(`HTTP/1.1 ${status} x\r\ncontent-length: 9\r\n\r\n`, method)).toMatchObject({
      status,
      body: '',
    });
  });

  it('comes after heads that are none', () => {
    expect(read('HTTP/1.1 103 x\r\nlink: a\r\n\r\nHTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n').status).toBe(
      200,
    );
  });

  it.each([
    ['HTTP/1.1', '', true],
    ['HTTP/1.1', 'connection: close\r\n', false],
    ['HTTP/1.1', 'connection: x, Close\r\n', false],
    ['HTTP/1.1', 'connection: keep-alive\r\nconnection: close\r\n', false],
    ['HTTP/1.0', '', false],
    ['HTTP/1.0', 'connection: Keep-Alive\r\n', true],
  ])('%s with "%s" keeps its connection: %s', (version, line, keepsAlive) => {
    expect(read(`${version} 200 x\r\n${line}content-length: 0\r\n\r\n`).keepsAlive).toBe(keepsAlive);
  });

  it('hands over what follows a change of the protocol', () => {
    let rest = '';
    const parser = new ResponseParser({
      onHead: () => undefined,
      onUpgrade: (_headers, after) => (rest = after.toString()),
      onData: () => true,
      onEnd: () => undefined,
    });
    parser.begin('GET');
    parser.execute(bytes('HTTP/1.1 101 x\r\nupgrade: y\r\n\r\nframes'));
    expect(rest).toBe('frames');
  });
});

describe('what is none', () => {
  const LONG = 'a'.repeat(33 * 1024);
  it.each([
    ['another protocol', '-ERR unknown command\r\n'],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20\r\n\r\n'],
    ['a status in another notation', 'HTTP/1.1 2e2 x\r\n\r\n'],
    ['a folded line', 'HTTP/1.1 200 x\r\na: b\r\n c\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 x\r\ncontent-length : 0\r\n\r\n'],
    ['a line without a colon', 'HTTP/1.1 200 x\r\nabc\r\n\r\n'],
    ['a bare LF', 'HTTP/1.1 200 x\r\na: b\nc: d\r\n\r\n'],
    ['a bare CR', 'HTTP/1.1 200 x\r\na: b\rc: d\r\n\r\n'],
    ['a NUL', 'HTTP/1.1 200 x\r\na: \0\r\n\r\n'],
    [
      'a body framed twice',
      'HTTP/1.1 200 x\r\ncontent-length: 0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['two lengths', 'HTTP/1.1 200 x\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\na'],
    ['a list of lengths', 'HTTP/1.1 200 x\r\ncontent-length: 1, 1\r\n\r\na'],
    ['a signed length', 'HTTP/1.1 200 x\r\ncontent-length: +1\r\n\r\na'],
    ['no length', 'HTTP/1.1 200 x\r\ncontent-length: \r\n\r\n'],
    ['a coding that is not chunked', 'HTTP/1.1 200 x\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    [
      'a coding said twice',
      'HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['chunks in HTTP/1.0', 'HTTP/1.0 200 x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    [
      'a chunk size that is none',
      'HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n0x2\r\nhi\r\n0\r\n\r\n',
    ],
    [
      'a chunk size beyond all numbers',
      'HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n',
    ],
    [
      'a chunk that is longer than it says',
      'HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nhi\r\n0\r\n\r\n',
    ],
    ['a trailer that is none', 'HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx y\r\n\r\n'],
    ['a head without an end', `HTTP/1.1 200 x\r\na: ${LONG}`],
    ['a head that is too long', `HTTP/1.1 200 x\r\na: ${LONG}\r\n\r\n`],
    ['a chunk line without an end', `HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n1;${LONG}`],
    ['something after its end', 'HTTP/1.1 200 x\r\ncontent-length: 1\r\n\r\nab'],
    [
      'a second one',
      'HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n',
    ],
  ])('%s', (_name, text) => {
    expect(refusal(text)).toBe('BAD_RESPONSE');
  });

  it.each([
    ['before its head', ''],
    ['in its head', 'HTTP/1.1 200 x\r\n'],
    ['in its body', 'HTTP/1.1 200 x\r\ncontent-length: 2\r\n\r\na'],
    ['between chunks', 'HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n'],
    ['before the end of its trailers', 'HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n'],
  ])('a connection that ends %s', (_when, text) => {
    expect(refusal(text)).toBe('CLOSED');
  });
});

describe('pauses', () => {
  it('reads no further than it was asked to, and goes on where it stopped', () => {
    const seen: string[] = [];
    const parser = new ResponseParser({
      onHead: () => undefined,
      onUpgrade: () => undefined,
      onData: (chunk) => seen.push(chunk.toString()) > 99,
      onEnd: () => seen.push('end'),
    });
    parser.begin('GET');
    parser.execute(bytes('HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n'));
    expect(seen).toEqual(['a']);
    parser.execute(bytes('0\r\n\r\n'));
    expect(seen).toEqual(['a']);
    parser.resume();
    expect(seen).toEqual(['a', 'b']);
    parser.resume();
    expect(seen).toEqual(['a', 'b', 'end']);
  });
});

/** Seeded: what fails once fails always. */
const RUNS = { seed: 12, numRuns: 400 };
const oneOf = (...texts: string[]) => fc.constantFrom(...texts);
const name = oneOf(
  'content-length',
  'Transfer-Encoding',
  'connection',
  'x-a',
  'Content-Length ',
  'set-cookie',
  'x y',
);
const value = oneOf(
  '0',
  '2',
  '5',
  '05',
  '2, 2',
  'chunked',
  'Chunked',
  'x, chunked',
  'close',
  'a\tb',
  '\u00e9',
  'a\rb',
  '',
);
const line = fc.tuple(name, oneOf(': ', ':', ' : ', ':\t'), value, oneOf('\r\n', '\r\n', '\r\n', '\n'));
const body = oneOf(
  '',
  'hi',
  'hello',
  '2\r\nhi\r\n0\r\n\r\n',
  '2\r\nhi\r\n0\r\nx-t: 1\r\n\r\n',
  '2;a\r\nhi\r\n0\r\n\r\n',
  '0\r\n\r\n',
);
const response = fc
  .tuple(
    oneOf(
      'HTTP/1.1 200 OK',
      'HTTP/1.1 200 ',
      'HTTP/1.0 200 x',
      'HTTP/1.1 304 x',
      'HTTP/1.1 2000 x',
      'HTTP/1.1  200',
    ),
    fc.array(line, { maxLength: 3 }),
    body,
  )
  .map(([start, lines, rest]) => `${start}\r\n${lines.map((parts) => parts.join('')).join('')}\r\n${rest}`);

describe('whatever comes', () => {
  it('is read alike in whatever pieces it comes', () => {
    const cuts = fc.array(fc.nat(120), { maxLength: 6 });
    const outcome = (pieces: readonly Buffer[]) => {
      try {
        return parse(pieces);
      } catch (error) {
        return error instanceof WireError ? 'refused' : error;
      }
    };
    fc.assert(
      fc.property(response, cuts, (text, at) => {
        const whole = bytes(text);
        const ends = [...at, whole.length].sort((one, other) => one - other);
        const pieces = ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end));
        expect(outcome(pieces.filter(({ length }) => length > 0))).toEqual(outcome([whole]));
      }),
      RUNS,
    );
  });

  it('is what Node reads as well, or no response', async () => {
    let text = '';
    const server = createServer((socket) => {
      socket.on('error', () => undefined).once('data', () => socket.end(text, 'latin1'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    let accepted = 0;
    const check = fc.asyncProperty(response, async (made) => {
      text = made;
      const ours = parsedOrNothing(text);
      const theirs = await readByNode(port);
      if (ours === undefined) return;
      accepted += 1;
      expect(theirs).toEqual(ours);
    });
    await fc.assert(check, RUNS);
    server.close();
    // Nothing is proven by refusing everything.
    expect(accepted).toBeGreaterThan(RUNS.numRuns / 20);
  });
});

function parsedOrNothing(text: string): Parsed | undefined {
  try {
    const { status, headers, body: read, trailers } = parse([bytes(text)]);
    return { status, headers, body: read, trailers };
  } catch {
    return undefined;
  }
}

function readByNode(port: number): Promise<Parsed | undefined> {
  return new Promise((resolve) => {
    const sent = nodeRequest({ port, host: '127.0.0.1', agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer
        .on('error', () => resolve(undefined))
        .on('end', () => {
          const { statusCode: status = 0, rawHeaders, rawTrailers } = answer;
          resolve({
            status,
            headers: rawHeaders,
            body: Buffer.concat(chunks).toString('latin1'),
            trailers: rawTrailers,
          });
        });
    });
    sent.on('error', () => resolve(undefined)).end();
  });
}
