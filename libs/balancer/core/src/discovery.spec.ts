import { describe, expect, it } from '@jest/globals';
import { parseDiscovery, unannounced } from './discovery.js';

const STATIC = 'static:order=http://10.0.0.1:3000,http://10.0.0.2:3000;user=http://10.0.0.3:3000';
const DNS = 'dns:order=http://order.internal:3000;user=http://_http._tcp.user.internal';

describe('parseDiscovery', () => {
  it('reads the registry, a list and names', () => {
    expect(parseDiscovery('registry')).toEqual({ kind: 'registry' });
    expect(parseDiscovery(STATIC)).toEqual({
      kind: 'static',
      origins: new Map([
        ['order', ['http://10.0.0.1:3000', 'http://10.0.0.2:3000']],
        ['user', ['http://10.0.0.3:3000']],
      ]),
    });
    expect(parseDiscovery('dns:user=http://_http._tcp.user.internal; order=http://order.internal')).toEqual({
      kind: 'dns',
      origins: new Map([
        ['user', ['http://_http._tcp.user.internal']],
        ['order', ['http://order.internal']],
      ]),
    });
  });

  it.each([
    ['consul', `"consul" is no discovery; there is: registry, ${STATIC}, ${DNS}`],
    ['', `"" is no discovery; there is: registry, ${STATIC}, ${DNS}`],
    ['dns', `"" does not begin with the name of a service and =; the form is ${DNS}`],
    [
      'static:http://a:1',
      `"http://a:1" does not begin with the name of a service and =; the form is ${STATIC}`,
    ],
    ['static:order=', `"" is no origin; the form is ${STATIC}`],
    ['static:order=http://a:1;order=http://b:1', `order is there twice; the form is ${STATIC}`],
    ['static:order=http://a:1/path', `"http://a:1/path" is no origin; the form is ${STATIC}`],
    ['static:order=http://u:p@a:1', `"http://u:p@a:1" is no origin; the form is ${STATIC}`],
    ['static:order=ftp://a:1', `"ftp://a:1" is no origin; the form is ${STATIC}`],
    ['static:order=http://a:1,', `"" is no origin; the form is ${STATIC}`],
    [
      'static:order=http://_http._tcp.a',
      `"http://_http._tcp.a" names SRV records, which only DNS has; the form is ${STATIC}`,
    ],
    ['dns:order=https://a', `"https://a" must begin with http://; the form is ${DNS}`],
    [
      'dns:order=http://_http._tcp.a:1',
      `"http://_http._tcp.a:1" names SRV records, which say the port; the form is ${DNS}`,
    ],
  ])('refuses "%s"', (text, message) => {
    expect(() => parseDiscovery(text)).toThrow(new TypeError(message));
  });
});

describe('unannounced', () => {
  it.each([
    ['http://10.0.0.1:3000', 'order-10.0.0.1-3000'],
    ['http://order.internal', 'order-order.internal'],
    ['http://[fd00::12]:3000', 'order-fd00-12-3000'],
  ])('names an instance by where it is: %s', (origin, id) => {
    expect(unannounced('order', origin)).toEqual({
      id,
      service: 'order',
      url: origin,
      state: 'ready',
      pid: 0,
      startedAt: 0,
    });
  });
});
