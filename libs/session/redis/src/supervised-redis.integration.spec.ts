import { RedisServer, TcpProxy } from '@holdfast/session-testing';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createRedis, type Redis } from './create-redis.js';
import { eventually } from './spec/eventually.js';

let server: RedisServer;
let proxy: TcpProxy;
let redis: Redis;
let publisher: Redis;

beforeEach(async () => {
  server = await RedisServer.start();
  proxy = await TcpProxy.to(server.port);
  [redis, publisher] = [createRedis(proxy, 'general'), createRedis({ url: server.url }, 'general')];
});
afterEach(async () => {
  redis.disconnect();
  publisher.disconnect();
  proxy.close();
  await server.dispose();
});

/** Errors are events too, and no matter here. */
const next = (event: string) => new Promise<unknown>((resolve) => redis.once(event, resolve));

it('outlives a server that does not answer when a subscription is renewed, and hears again when it does', async () => {
  const messages: string[] = [];
  redis.on('message', (_channel: string, message: string) => messages.push(message));
  await redis.subscribe('news');
  proxy.break();
  await next('ready');
  proxy.hold(); // the subscription is on its way
  await next('close');
  proxy.release();
  await eventually(async () => {
    await publisher.publish('news', 'again');
    expect(messages).toContain('again');
  });
});
