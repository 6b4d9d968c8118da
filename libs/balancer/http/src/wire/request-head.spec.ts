import { describe, expect, it } from '@jest/globals';
import { requestHead, type WireRequest } from './request-head.js';
import { WireError } from './wire-error.js';

const GET: WireRequest = { method: 'GET', path: '/a?b=c', headers: [] };
const HOST = 'host: a\r\n';
const write = (request: Partial<WireRequest>) => requestHead({ ...GET, ...request }, HOST).text;
const stream = { opened: false, open: () => (async function* () {})() };

const refusal = (request: Partial<WireRequest>): unknown => {
  try {
    return write(request);
  } catch (error) {
    return error instanceof WireError ? error.code : error;
  }
};

describe("a request's head", () => {
  it('has the lines of its origin, its own, and how long the connection lasts', () => {
    expect(write({ headers: ['X-A', 'b', 'set', '\u00e9\t'] })).toBe(
      'GET /a?b=c HTTP/1.1\r\nhost: a\r\nX-A: b\r\nset: \u00e9\t\r\nconnection: keep-alive\r\n\r\n',
    );
  });

  it.each([
    ['a body that is here', { method: 'POST', body: Buffer.from('hi') }, 'content-length: 2'],
    ['an empty one', { method: 'DELETE', body: Buffer.alloc(0) }, 'content-length: 0'],
    ['none where one is expected', { method: 'POST' }, 'content-length: 0'],
    ['one on its way', { method: 'POST', body: stream }, 'transfer-encoding: chunked'],
    [
      'one on its way that says its length',
      { method: 'PUT', headers: ['Content-Length', '7'], body: stream },
      'Content-Length: 7',
    ],
    ['another protocol', { upgrade: 'websocket' }, 'connection: upgrade\r\nupgrade: websocket'],
  ])('says how it goes on: %s', (_what, request, line) => {
    const text = write(request);
    expect(text).toContain(`\r\n${line}\r\n`);
    expect(text.match(/content-length|transfer-encoding/gi) ?? []).toHaveLength(
      /content|transfer/i.test(line) ? 1 : 0,
    );
  });

  it('says nothing of a body that a method has not', () => {
    expect(write({})).not.toMatch(/content-length|transfer-encoding/i);
  });

  it.each<[string, Partial<WireRequest>]>([
    ['a line in a value', { headers: ['a', 'b\r\nc: d'] }],
    ['a bare LF in a value', { headers: ['a', 'b\nc: d'] }],
    // In Latin-1 it is a line feed.
    ['a character whose last byte is LF', { headers: ['a', 'b\u010ac: d'] }],
    ['a NUL in a value', { headers: ['a', '\0'] }],
    ['a name that is none', { headers: ['a b', 'c'] }],
    ['an empty name', { headers: ['', 'c'] }],
    ['a space in the path', { path: '/a HTTP/1.1' }],
    ['a line in the path', { path: '/a\r\nb: c' }],
    ['a path that is none', { path: 'a' }],
    ['a method that is none', { method: 'GET /' }],
    ['a length of its own', { method: 'POST', headers: ['content-length', '5'], body: Buffer.from('hi') }],
    ['a length of nothing', { headers: ['Content-Length', '5'] }],
  ])('is not written with %s', (_what, request) => {
    expect(refusal(request)).toBe('BAD_REQUEST');
  });
});
