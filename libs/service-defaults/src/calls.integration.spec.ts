import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RedisRegistry } from '@holdfast/balancer-redis';
import { Upstreams } from '@holdfast/balancer-http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ServiceCredentials } from './service-credentials.js';
import { startTestService, type TestService } from './spec/test-service.js';

const servers: Server[] = [];
const services: TestService[] = [];
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.drain()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function start(changes: Record<string, string> = {}): Promise<TestService> {
  const service = await startTestService(changes);
  services.push(service);
  return service;
}

/** Where another service answers with the headers that it got. */
async function startEcho(): Promise<string> {
  const server = createServer((request: IncomingMessage, response) => {
    response.end(JSON.stringify(request.headers));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Such a service, listed under a name of its own. */
async function listEcho(service: TestService): Promise<string> {
  const name = `echo-${randomUUID()}`;
  const url = await startEcho();
  const member = { id: name, service: name, url, state: 'ready', pid: process.pid, startedAt: 1 } as const;
  await service.app.get(RedisRegistry, { strict: false }).announce(member);
  return name;
}

async function relay(service: TestService, to: string, headers: Record<string, string>) {
  for (;;) {
    const response = await fetch(`${service.url}/relay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ service: to }),
    });
    // Until the service has heard of the other one.
    if (response.status !== 503) return (await response.json()) as Record<string, string>;
  }
}

describe('a call to another service', () => {
  it('carries the id and the trace of the request that it is made for', async () => {
    const service = await start();
    const echo = await listEcho(service);
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const seen = await relay(service, echo, { 'x-request-id': 'r-1', traceparent });
    expect(seen).toMatchObject({ 'x-request-id': 'r-1', traceparent });
    const plain = await relay(service, echo, { 'x-request-id': 'r-2', traceparent: 'nonsense' });
    expect([plain['x-request-id'], plain['traceparent']]).toEqual(['r-2', undefined]);
  });

  it('has what remains of the time of that request, and none is made when it is over', async () => {
    const service = await start();
    const echo = await listEcho(service);
    const seen = await relay(service, echo, { 'x-deadline-ms': '3000' });
    expect(Number(seen['x-deadline-ms'])).toBeLessThanOrEqual(3_000);
    const own = await relay(service, echo, {});
    expect(Number(own['x-deadline-ms'])).toBeGreaterThan(3_000);
    const late = await relay(service, echo, { 'x-deadline-ms': '0' });
    expect(late).toMatchObject({ status: 504, code: 'ERR_UPSTREAM_TIMEOUT' });
  });

  it('is balanced by the policy of the environment, and finds services where it says', async () => {
    const service = await start({
      BALANCER_POLICY: 'least-request,echo=rendezvous',
      DISCOVERY: `static:echo=${await startEcho()}`,
    });
    const upstreams = service.app.get(Upstreams, { strict: false });
    expect([upstreams.policyOf('echo'), upstreams.policyOf('auth')]).toEqual(['rendezvous', 'least-request']);
    expect(await relay(service, 'echo', { 'x-request-id': 'r-3' })).toMatchObject({ 'x-request-id': 'r-3' });
  });

  it('may go to this service with the weight that it announces', async () => {
    const service = await start({ INSTANCE_WEIGHT: '3' });
    const members = await service.app.get(RedisRegistry, { strict: false }).list();
    expect(members.find(({ id }) => id === service.id)?.weight).toBe(3);
  });

  it('has none of the credentials of the caller by itself', async () => {
    const service = await start();
    const echo = await listEcho(service);
    const authorization = `Bearer ${await service.token(['user'])}`;
    expect(await relay(service, echo, { authorization, cookie: 'a=b' })).not.toMatchObject({
      authorization: expect.anything(),
    });
  });
});

describe('ServiceCredentials', () => {
  it('are there where CLIENT_SECRET is set, and nowhere else', async () => {
    const secret = 'q3Jf0p_zW8u-Xk2LrT7vN5bYcM9dHsEaG4iOwPtQ1nU';
    const [withSecret, without] = [await start({ CLIENT_SECRET: secret }), await start()];
    const find =
      ({ app }: TestService) =>
      () =>
        app.get(ServiceCredentials, { strict: false });
    expect(find(withSecret)()).toBeInstanceOf(ServiceCredentials);
    expect(find(without)).toThrow();
  });
});
