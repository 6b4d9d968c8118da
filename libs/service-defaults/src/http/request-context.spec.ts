import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import {
  installRequestContext,
  refuseOverdue,
  remainingMs,
  travellingHeaders,
  withoutDeadline,
} from './request-context.js';
import { requestIdFrom } from './request-id.js';

/** Something that a request begins, and that goes on after its answer. */
const late = {
  asked: Promise.resolve<number | undefined>(0),
  answered: () => undefined as void,
  begin(): void {
    const answered = new Promise<void>((resolve) => (this.answered = resolve));
    this.asked = answered.then(() => remainingMs());
  },
};

let app: FastifyInstance;
let url: string;
beforeAll(async () => {
  app = fastify({ genReqId: requestIdFrom, requestIdHeader: false });
  installRequestContext(app);
  refuseOverdue(app);
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
  app.get('/after', async () => {
    void late.begin();
    return { within: withoutDeadline(travellingHeaders), shared: withoutDeadline(remainingMs) ?? null };
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

  it('have what remains of the deadline of the caller, if it is one', async () => {
    const ask = async (deadline: string) =>
      (await (await fetch(url, { headers: { 'x-deadline-ms': deadline } })).json()) as Record<string, string>;
    const left = Number((await ask('60000'))['x-deadline-ms']);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(60_000);
    for (const bad of ['', 'x', '-1', '1.5', '1e3', '9999999999', '10, 20'])
      expect(await ask(bad)).not.toHaveProperty('x-deadline-ms');
  });

  it('are none outside of a request', () => {
    expect(travellingHeaders()).toEqual({});
    expect(remainingMs()).toBeUndefined();
  });
});

describe('the deadline of a request', () => {
  it('is neither for what is shared with others, nor for what goes on after the answer', async () => {
    const answer = await fetch(`${url}/after`, {
      headers: { 'x-deadline-ms': '60000', 'x-request-id': 'r1' },
    });
    expect(await answer.json()).toEqual({ within: { 'x-request-id': 'r1' }, shared: null });
    // `onResponse` comes a moment after the answer.
    await sleep(20);
    late.answered();
    expect(await late.asked).toBeUndefined();
  });

  it('is over before anything is done, where nothing of it remains', async () => {
    const answer = await fetch(url, { headers: { 'x-deadline-ms': '0' } });
    expect(await answer.json()).toMatchObject({ code: 'ERR_UPSTREAM_TIMEOUT' });
  });

  it('is over after a body that came too slowly', async () => {
    const body = new ReadableStream({
      async start(stream) {
        stream.enqueue(Buffer.from('{'));
        await sleep(60);
        stream.enqueue(Buffer.from('}'));
        stream.close();
      },
    });
    const headers = { 'x-deadline-ms': '30', 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body, duplex: 'half' });
    expect(await answer.json()).toMatchObject({ code: 'ERR_UPSTREAM_TIMEOUT' });
  });
});
