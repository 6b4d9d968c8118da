import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { installRequestContext, travellingHeaders } from './request-context.js';
import { requestIdFrom } from './request-id.js';

let app: FastifyInstance;
let url: string;
beforeAll(async () => {
  app = fastify({ genReqId: requestIdFrom, requestIdHeader: false });
  installRequestContext(app);
  app.addHook('onRequest', async (request) => {
    await sleep(1);
    Object.assign(request.headers, { seen: travellingHeaders()['x-request-id'] });
  });
  app.route({
    method: ['GET', 'POST'],
    url: '/',
    handler: async ({ headers }) => {
      await sleep(1);
      return { ...travellingHeaders(), seen: headers['seen'] };
    },
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => app.close());

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('travellingHeaders', () => {
  it('are those of the request that is being served, in its hooks and after its body', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `request-${index}`);
    const answers = ids.map(async (id) => {
      const headers = { 'x-request-id': id, 'content-type': 'application/json' };
      const body = JSON.stringify({ filler: 'x'.repeat(100_000) });
      return (await fetch(url, { method: 'POST', headers, body })).json();
    });
    expect(await Promise.all(answers)).toEqual(ids.map((id) => ({ 'x-request-id': id, seen: id })));
  });

  it('have the trace of the caller, if it is one', async () => {
    const ask = async (traceparent: string) =>
      (await fetch(url, { headers: { traceparent, 'x-request-id': 'r1' } })).json();
    expect(await ask(TRACEPARENT)).toMatchObject({ 'x-request-id': 'r1', traceparent: TRACEPARENT });
    for (const bad of [
      '',
      'x',
      TRACEPARENT.toUpperCase(),
      `${TRACEPARENT}-more`,
      `${TRACEPARENT}, ${TRACEPARENT}`,
    ])
      expect(await ask(bad)).not.toHaveProperty('traceparent');
  });

  it('are none outside of a request', () => {
    expect(travellingHeaders()).toEqual({});
  });
});
