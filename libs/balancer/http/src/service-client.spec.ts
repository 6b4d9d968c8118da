import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UpstreamError } from '@holdfast/balancer-core';
import { ServiceClient } from './service-client.js';
import { Instances } from './spec/instances.js';
import { Upstreams } from './upstreams.js';

const instances = new Instances();
let upstreams: Upstreams;
let client: ServiceClient;

beforeEach(() => {
  upstreams = new Upstreams({ checkIntervalMs: 0, tryTimeoutMs: 100 });
  client = new ServiceClient(upstreams);
});

afterEach(async () => {
  await upstreams.close();
  instances.stop();
});

const echo: RequestListener = (request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => response.end(JSON.stringify({ url: request.url, headers: request.headers, body })));
};

async function failureOf(request: Promise<unknown>): Promise<UpstreamError> {
  const error: unknown = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof UpstreamError) return error;
  throw new Error(`no UpstreamError: ${String(error)}`);
}

describe('ServiceClient', () => {
  it('sends a body as JSON and gives back the whole answer', async () => {
    upstreams.update([await instances.serve('user-1', echo)]);
    const answer = await client.request('user', {
      method: 'PUT',
      path: '/internal/profiles/1?x=2',
      headers: { authorization: 'Bearer t' },
      body: '{"name":"Zo\u00eb"}',
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      url: '/internal/profiles/1?x=2',
      body: '{"name":"Zo\u00eb"}',
      headers: { 'content-type': 'application/json', authorization: 'Bearer t' },
    });
  });

  it('sends what travels with the request, as it is when it is made; its own headers win', async () => {
    let id = 'r1';
    const travelling = new ServiceClient(upstreams, () => ({ 'x-request-id': id, accept: 'text/plain' }));
    const echoed = async (request: ReturnType<ServiceClient['request']>) =>
      (await (await request).json<{ headers: Record<string, string> }>()).headers;
    // Made before anybody is known: the context of the caller is another one by the time it is sent.
    const early = travelling.request('user', { method: 'GET', path: '/' });
    id = 'r2';
    upstreams.update([await instances.serve('user-1', echo)]);
    expect(await echoed(early)).toMatchObject({ 'x-request-id': 'r1', accept: 'text/plain' });
    const own = { method: 'GET', path: '/', headers: { accept: 'text/html' } };
    expect(await echoed(travelling.request('user', own))).toMatchObject({
      'x-request-id': 'r2',
      accept: 'text/html',
    });
  });

  it('resolves for any status, headers in lower case', async () => {
    upstreams.update([
      await instances.serve(
        'user-1',
        (_request, response) => void response.writeHead(409, { 'X-Why': 'taken' }).end('no'),
      ),
    ]);
    const answer = await client.request('user', { method: 'GET', path: '/' });
    expect([answer.status, answer.headers['x-why'], await answer.text()]).toEqual([409, 'taken', 'no']);
    await expect(answer.json()).rejects.toThrow(SyntaxError);
  });

  it('waits for the first listing, not for members that are not listed', async () => {
    const user = await instances.serve('user-1', echo);
    const early = client.request('user', { method: 'GET', path: '/' });
    await sleep(20);
    upstreams.update([user]);
    expect((await early).status).toBe(200);
    const error = await failureOf(client.request('order', { method: 'GET', path: '/' }));
    expect(error.code).toBe('ERR_UPSTREAM_UNAVAILABLE');
  });

  it('tries an idempotent request elsewhere, another one not', async () => {
    let broken = 0;
    const breaking: RequestListener = (request) => {
      broken += 1;
      request.socket.destroy();
    };
    upstreams.update([await instances.serve('user-1', breaking), await instances.serve('user-2', echo)]);
    const post = (idempotent: boolean) =>
      client.request('user', { method: 'POST', path: '/', body: '{}', idempotent });
    while (broken === 0) expect((await post(true)).status).toBe(200);
    broken = 0;
    upstreams.update([await instances.serve('user-1', breaking)]);
    expect((await failureOf(post(false))).code).toBe('ERR_UPSTREAM_UNAVAILABLE');
    expect(broken).toBe(1);
  });

  it('tells each try what remains of its deadline', async () => {
    const seen: number[] = [];
    const note: RequestListener = (request, response) => {
      seen.push(Number(request.headers['x-deadline-ms']));
      if (seen.length > 1) response.end('second');
    };
    upstreams.update([await instances.serve('user-1', note), await instances.serve('user-2', note)]);
    await client.request('user', { method: 'GET', path: '/', deadlineMs: 3_000 });
    const [first = 0, second = 0] = seen;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(3_000);
    // It had 100 ms for the first one.
    expect(second).toBeLessThanOrEqual(first - 99);
  });

  it('gives up when the request that it is made for does', async () => {
    const hurried = new ServiceClient(upstreams, () => ({ 'x-deadline-ms': '40' }));
    upstreams.update([await instances.serve('user-1', () => undefined)]);
    const error = await failureOf(hurried.request('user', { method: 'POST', path: '/' }));
    expect(error.code).toBe('ERR_UPSTREAM_TIMEOUT');
    expect(error.detail).toContain('within 40 ms');
  });

  it('gives up at the deadline, before the head and after it', async () => {
    upstreams.update([await instances.serve('user-1', () => undefined)]);
    const get = { method: 'GET', path: '/', deadlineMs: 150 } as const;
    expect((await failureOf(client.request('user', get))).code).toBe('ERR_UPSTREAM_TIMEOUT');
    upstreams.update([
      await instances.serve('user-2', (_request, response) => void response.writeHead(200).write('half')),
    ]);
    expect((await failureOf(client.request('user', get))).code).toBe('ERR_UPSTREAM_TIMEOUT');
    expect(upstreams.view().every(({ inFlight }) => inFlight === 0)).toBe(true);
  });

  it('rejects an answer that breaks off', async () => {
    upstreams.update([
      await instances.serve('user-1', (_request, response) => {
        response.writeHead(200, { 'content-length': '9' }).write('half');
        setTimeout(() => response.destroy(), 10);
      }),
    ]);
    const error = await failureOf(client.request('user', { method: 'GET', path: '/' }));
    expect(error.code).toBe('ERR_UPSTREAM_UNAVAILABLE');
  });

  it('rejects what cannot be sent with a TypeError', async () => {
    upstreams.update([await instances.serve('user-1', echo)]);
    const request = client.request('user', { method: 'GET', path: '/', headers: { 'x-a': 'line\nbreak' } });
    await expect(request).rejects.toThrow(TypeError);
    expect(upstreams.view()[0]).toMatchObject({ inFlight: 0, available: true });
  });
});

describe('active checks', () => {
  it('take an instance out that does not answer /readyz, and back in when it does', async () => {
    await upstreams.close();
    upstreams = new Upstreams({ checkIntervalMs: 30, checkTimeoutMs: 500 });
    let mode: 'ready' | 'draining' | 'hangs' = 'ready';
    const answer: RequestListener = (_request, response) => {
      if (mode !== 'hangs') response.writeHead(mode === 'ready' ? 200 : 503).end();
    };
    upstreams.update([await instances.serve('user-1', answer), await instances.serve('user-2', echo)]);
    const until = async (available: boolean) => {
      for (let look = 0; look < 200; look++) {
        if (upstreams.view()[0]?.available === available) return;
        await sleep(10);
      }
      throw new Error(`never ${available ? 'in' : 'out'}`);
    };
    for (const fault of ['draining', 'hangs'] as const) {
      mode = fault;
      await until(false);
      mode = 'ready';
      await until(true);
    }
    expect(upstreams.view()[1]?.available).toBe(true);
  });
});
