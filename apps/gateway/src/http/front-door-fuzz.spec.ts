import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { sendRaw } from '../spec/raw-http.js';
import { sayId, Upstream } from '../spec/upstream.js';

/** Seeded: what fails once fails always. */
const RUNS = { seed: 9, numRuns: 150 };

let gateway: GatewayUnderTest;
let order: Upstream;
beforeAll(async () => {
  gateway = await GatewayUnderTest.start();
  order = await Upstream.start('order-1', sayId('order-1'));
  gateway.use(order);
});
afterAll(() => gateway.stop());

const oneOf = (...texts: string[]) => fc.constantFrom(...texts);
const odd = oneOf('\t', ' ', '\u000b', '\u0000', '\u00a0', '\r', ',', ';', '+', '0x');
const name = fc.oneof(
  oneOf(
    'Host',
    'Content-Length',
    'Transfer-Encoding',
    'Connection',
    'Upgrade',
    'Expect',
    'X-User-Id',
    'Trailer',
  ),
  fc.tuple(oneOf('Content-Length', 'Transfer-Encoding', 'Host'), odd).map(([text, more]) => text + more),
);
const value = fc.oneof(
  oneOf(
    'a',
    '5',
    '05',
    '5, 5',
    'chunked',
    'identity',
    'chunked, chunked',
    'x, chunked',
    'websocket',
    'upgrade',
    '',
  ),
  fc.tuple(oneOf('5', 'chunked', 'a'), odd).map(([text, more]) => text + more),
);
const lineEnd = fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r\n ');
const target = oneOf(
  '/products',
  '/products?x=1',
  '*',
  'http://a/products',
  '//products',
  '/products/%00',
  '/\u00e9',
  '',
);
const request = fc
  .tuple(
    oneOf('GET', 'POST', 'get', 'PUT', 'TRACE', 'CONNECT'),
    target,
    oneOf('HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2', 'HTTP/0.9', 'http/1.1', ''),
    fc.array(fc.tuple(name, oneOf(':', ': ', ' : ', ''), value, lineEnd), { maxLength: 5 }),
  )
  .map(([method, path, version, lines]) => {
    const fields = lines.map((line) => line.join('')).join('');
    return `${method} ${path} ${version}\r\nHost: a\r\n${fields}Connection: close\r\n\r\n`;
  });

describe('heads that nobody would write', () => {
  it('bitten 9: are answered, and what a service sees has one host, one length and nothing of ours', async () => {
    const marker = 'GET /orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    await fc.assert(
      fc.asyncProperty(request, async (head) => {
        const before = order.requests.length;
        // What follows must be a body, or nothing: never a second request.
        const text = await sendRaw(gateway.port, `${head}5\r\nhello\r\n0\r\n\r\n${marker}`);
        expect(text).toMatch(/^HTTP\/1\.1 [1-5]\d\d /);
        for (const { rawHeaders, url, headers } of order.requests.slice(before)) {
          const names = rawHeaders
            .filter((_each, index) => index % 2 === 0)
            .map((each) => each.toLowerCase());
          for (const once of ['host', 'content-length', 'transfer-encoding', 'x-forwarded-for']) {
            expect(names.filter((each) => each === once).length).toBeLessThanOrEqual(1);
          }
          expect(headers['content-length'] !== undefined && headers['transfer-encoding'] !== undefined).toBe(
            false,
          );
          expect(names).not.toContain('x-user-id');
          expect(names).not.toContain('upgrade');
          expect(url).not.toMatch(/^\/orders/);
        }
      }),
      RUNS,
    );
  }, 60_000);
});
