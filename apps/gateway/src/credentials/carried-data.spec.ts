import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { requestHeaders } from '../proxy/request-headers.js';
import { carriedData } from './carried-data.js';

const DATA = 'head..iv.text.tag~sign..ature-_';
const client = { ip: '203.0.113.9', proto: 'http', host: undefined } as const;

const request = (headers: Record<string, string>) =>
  ({ headers, rawHeaders: Object.entries(headers).flat() }) as unknown as IncomingMessage;

describe('the session’s data that a client carries', () => {
  it('is what a browser has in its cookie, beside any others', () => {
    for (const cookie of [
      `__Host-session-data=${DATA}`,
      `a=b; __Host-session-data=${DATA}; __Host-session=secret`,
      `__Host-session=secret;\t__Host-session-data=${DATA}\t;c=d`,
    ]) {
      expect(carriedData(request({ cookie }), true)).toBe(DATA);
    }
  });

  it('is what anybody else sends in the header', () => {
    expect(carriedData(request({ 'x-session-data': DATA }), false)).toBe(DATA);
  });

  it('is no header of a browser’s, and no cookie of anybody else’s', () => {
    expect(carriedData(request({ 'x-session-data': DATA }), true)).toBeUndefined();
    expect(carriedData(request({ cookie: `__Host-session-data=${DATA}` }), false)).toBeUndefined();
  });

  it.each([
    `__Host-session-data=${DATA}; __Host-session-data=${DATA}`,
    `__host-session-data=${DATA}`,
    `x__Host-session-data=${DATA}`,
    `__Host-session-data="${DATA}"`,
    `__Host-session-data = ${DATA}`,
    '__Host-session-data=',
    `__Host-session-data=${'a'.repeat(5_000)}`,
    `__Host-session-data=%41`,
  ])('is nothing in another spelling, twice or too long: %s', (cookie) => {
    expect(carriedData(request({ cookie }), true)).toBeUndefined();
  });

  it.each(['', 'a b', `${DATA}, ${DATA}`, 'a'.repeat(5_000)])(
    'is nothing in a header of another shape: %s',
    (header) => {
      expect(carriedData(request({ 'x-session-data': header }), false)).toBeUndefined();
    },
  );

  it('reaches a service only as the gate says it, and no cookie does', () => {
    const cookie = `a=b; __Host-session=secret; __Host-session-data=${DATA}`;
    const sent = request({ 'x-session-data': 'planted', cookie });
    const exchange = { request: sent, requestId: 'r1' };
    const without = requestHeaders(exchange, client, { cutsCookie: true }).headers;
    expect(without.join('\n')).not.toMatch(/planted|secret|session-data/);
    const { headers } = requestHeaders(exchange, client, { cutsCookie: true, sessionData: DATA });
    expect(headers[headers.indexOf('x-session-data') + 1]).toBe(DATA);
    expect(headers[headers.indexOf('cookie') + 1]?.trim()).toBe('a=b');
    expect(headers.filter((name) => name === 'x-session-data')).toHaveLength(1);
  });
});
