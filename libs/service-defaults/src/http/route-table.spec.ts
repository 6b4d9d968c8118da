import { describe, expect, it } from '@jest/globals';
import fastify from 'fastify';
import { RouteTable } from './route-table.js';

function table(): RouteTable {
  const app = fastify();
  const routes = new RouteTable().watch(app);
  for (const [method, url] of [
    ['GET', '/a'],
    ['POST', '/a'],
    ['GET', '/a/:id'],
    ['DELETE', '/a/:id/b.c'],
    ['PUT', '/w/*'],
  ] as const) {
    app.route({ method, url, handler: () => undefined });
  }
  return routes;
}

describe('RouteTable', () => {
  it.each([
    ['/a', ['GET', 'HEAD', 'POST']],
    ['/a?x=/a/1', ['GET', 'HEAD', 'POST']],
    ['/a/1', ['GET', 'HEAD']],
    ['/a/1/b.c', ['DELETE']],
    ['/a/1/bxc', []],
    ['/a/', []],
    ['/a/1/', []],
    ['/A', []],
    ['/w/x/y', ['PUT']],
    ['/(a+)+$', []],
    ['', []],
  ])('knows the methods of %s', (target, methods) => {
    expect(table().methodsOf(target)).toEqual(methods);
  });
});
