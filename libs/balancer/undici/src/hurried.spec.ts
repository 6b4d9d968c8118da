import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Member } from '@holdfast/balancer-core';
import { Upstreams } from './upstreams.js';

const servers: Server[] = [];
const upstreams = new Upstreams({ checkIntervalMs: 0 });
afterEach(async () => {
  await upstreams.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(id: string, listener: RequestListener): Promise<Member> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    id,
    service: id.slice(0, -2),
    url: `http://127.0.0.1:${port}`,
    state: 'ready',
    pid: 1,
    startedAt: 1,
  };
}

/** How many instances of a service are still taken for sound after some requests. */
async function soundAfter(service: string, hurried: boolean, listener: RequestListener): Promise<number> {
  upstreams.update([await serve(`${service}-1`, listener), await serve(`${service}-2`, listener)]);
  for (let time = 0; time < 12; time++) {
    await new Promise<void>((resolve) => {
      const sink = {
        onHead: () => undefined,
        onData: () => true,
        onEnd: () => resolve(),
        onFailure: () => resolve(),
      };
      const request = { method: 'POST', path: '/', headers: [], repeatable: false, deadlineMs: 40, hurried };
      upstreams.forward(service, request, sink);
    });
  }
  return upstreams.view().filter((one) => one.service === service && one.available).length;
}

const silent = () => undefined;
const refusing: RequestListener = (_request, response) => void response.writeHead(504).end();

describe('a request whose caller is in a hurry', () => {
  it('has no instance ejected that is silent, or says that the time is over', async () => {
    expect(await soundAfter('silent', true, silent)).toBe(2);
    expect(await soundAfter('refusing', true, refusing)).toBe(2);
  });

  it('is an exception: by others they are judged', async () => {
    expect(await soundAfter('silent', false, silent)).toBe(1);
    expect(await soundAfter('refusing', false, refusing)).toBe(1);
  });
});
