import { describe, expect, it } from '@jest/globals';
import { checkRequest, type RawRequest } from './strict-check.js';

function check(overrides: Partial<RawRequest> & { headers?: readonly string[] } = {}) {
  const { headers = ['Host', 'shop.example'], ...rest } = overrides;
  return checkRequest({
    method: 'GET',
    url: '/orders?limit=2',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    rawHeaders: headers,
    ...rest,
  });
}

const host = ['Host', 'shop.example'];
const isFault = { fault: expect.any(String) };

describe('bitten 9: the strict check of the raw request', () => {
  it('bitten 9: lets clean requests in, and leaves the target as it is', () => {
    expect(check()).toEqual({ target: '/orders?limit=2' });
    expect(check({ url: '/caf%C3%A9/%2Fa?q=%0d%0a' })).toEqual({ target: '/caf%C3%A9/%2Fa?q=%0d%0a' });
    expect(check({ headers: ['host', '[::1]:8080', 'Content-Length', '0'] })).toEqual({
      target: '/orders?limit=2',
    });
    expect(check({ headers: ['Host', 'shop.example:65535'] })).toEqual({ target: '/orders?limit=2' });
    expect(check({ headers: [...host, 'Transfer-Encoding', 'Chunked'] })).toEqual({
      target: '/orders?limit=2',
    });
    expect(check({ httpVersionMinor: 0, headers: [] })).toEqual({ target: '/orders?limit=2' });
    expect(check({ method: 'OPTIONS', url: '*' })).toEqual({ target: '*' });
  });

  it.each([
    ['a missing Host', []],
    ['two hosts', [...host, 'Host', 'shop.example']],
    ['two hosts in other spelling', [...host, 'hOST', 'evil.example']],
    ['an empty Host', ['Host', '']],
    ['a comma-joined Host', ['Host', 'a.example, b.example']],
    ['userinfo in Host', ['Host', 'user@shop.example']],
    ['a path in Host', ['Host', 'shop.example/admin']],
    ['a port that is none', ['Host', 'shop.example:80a']],
    ['a port out of range', ['Host', 'shop.example:65536']],
    ['port 0', ['Host', 'shop.example:0']],
    ['an empty Transfer-Encoding', [...host, 'Transfer-Encoding', '']],
    ['an obsolete Transfer-Encoding', [...host, 'Transfer-Encoding', 'identity']],
    ['a list of codings', [...host, 'Transfer-Encoding', 'gzip, chunked']],
    ['two Transfer-Encodings', [...host, 'Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked']],
    ['two credentials', [...host, 'Authorization', 'Bearer a', 'authorization', 'Bearer b']],
    ['both lengths', [...host, 'Transfer-Encoding', 'chunked', 'Content-Length', '3']],
    ['two equal lengths', [...host, 'Content-Length', '3', 'Content-Length', '3']],
    ['a joined length', [...host, 'Content-Length', '3, 3']],
    ['a signed length', [...host, 'Content-Length', '+3']],
    ['a length with a leading zero', [...host, 'Content-Length', '03']],
    ['a negative length', [...host, 'Content-Length', '-1']],
    ['a hexadecimal length', [...host, 'Content-Length', '0x3']],
    ['an enormous length', [...host, 'Content-Length', '9'.repeat(20)]],
  ])('bitten 9: refuses %s', (_what, headers) => {
    expect(check({ headers })).toEqual(isFault);
  });

  it.each([
    ['* for another method', '*'],
    ['encoded CR', '/a%0db'],
    ['encoded LF', '/a%0Ab'],
    ['encoded NUL', '/a%00'],
    ['overlong UTF-8 in two bytes', '/%c0%af'],
    ['overlong UTF-8 in three bytes', '/%e0%80%af'],
    ['a surrogate', '/%ed%a0%80'],
    ['a broken escape', '/%zz'],
    ['a cut escape', '/a%2'],
    ['a fragment', '/a#b'],
    ['a backslash', '/a\\b'],
    ['raw bytes over ASCII', '/caf\u00e9'],
    ['no slash', 'orders'],
    ['an authority', 'shop.example:80'],
    ['another scheme', 'ftp://shop.example/'],
    ['an empty target', ''],
  ])('bitten 9: refuses a target with %s', (_what, url) => {
    expect(check({ url })).toEqual(isFault);
  });

  it('bitten 9: takes an absolute form that agrees with Host, and refuses one that does not', () => {
    expect(check({ url: 'http://Shop.Example/orders?x=1' })).toEqual({ target: '/orders?x=1' });
    expect(check({ url: 'http://shop.example' })).toEqual({ target: '/' });
    expect(check({ url: 'http://shop.example?x' })).toEqual({ target: '/?x' });
    expect(check({ url: 'http://evil.example/orders' })).toEqual(isFault);
    expect(check({ url: 'http://user@shop.example/' })).toEqual(isFault);
    expect(check({ url: 'http://shop.example:81/' })).toEqual(isFault);
  });

  it('bitten 9: refuses Transfer-Encoding in HTTP/1.0', () => {
    expect(check({ httpVersionMinor: 0, headers: ['Transfer-Encoding', 'chunked'] })).toEqual(isFault);
  });

  it.each([
    [0, 9],
    [1, 2],
    [2, 0],
  ])(
    'bitten 9: refuses HTTP/%d.%d: what it means by a Host or a body is not ours to guess',
    (major, minor) => {
      expect(check({ httpVersionMajor: major, httpVersionMinor: minor })).toEqual(isFault);
    },
  );
});
