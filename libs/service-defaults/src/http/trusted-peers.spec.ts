import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import fastify from 'fastify';
import { createLogger } from '../logging/logger.js';
import { installRequestContext, requestOrigin, type RequestOrigin } from './request-context.js';
import { isTrustedPeer, rememberPeers } from './trusted-peers.js';

describe('isTrustedPeer', () => {
  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.2.3', '172.20.0.5', '192.168.1.1', 'fd00::1'])(
    'believes %s next to us, and nobody behind it',
    (address) => {
      expect([isTrustedPeer(address, 0), isTrustedPeer(address, 1)]).toEqual([true, false]);
    },
  );

  it.each(['8.8.8.8', '172.32.0.1', '2001:db8::1', '::ffff:8.8.8.8', 'nonsense', '', undefined])(
    'does not believe %j',
    (address) => {
      expect(isTrustedPeer(address, 0)).toBe(false);
    },
  );
});

describe('a request whose client has left', () => {
  const app = fastify({ trustProxy: isTrustedPeer });
  afterEach(() => app.close());

  it('still says where it came from, and what is logged of it is written', async () => {
    rememberPeers(app.server);
    installRequestContext(app);
    const lines: string[] = [];
    const options = { service: 'order', instance: 'order-1', level: 'info' };
    const logger = createLogger(options, { write: (line) => lines.push(line) });
    const seen = new Promise<RequestOrigin | undefined>((resolve) => {
      app.get('/', async ({ raw }) => {
        await once(raw.socket, 'close');
        logger.info('nobody is there any more');
        resolve(requestOrigin());
      });
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const leaving = new AbortController();
    app.server.once('request', () => leaving.abort());
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    await expect(fetch(url, { headers, signal: leaving.signal })).rejects.toThrow('abort');
    expect(await seen).toMatchObject({ ip: '203.0.113.7' });
    expect(lines.join()).toContain('nobody is there any more');
  });
});
