import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { head, RawConnection, sendRaw } from '../spec/raw-http.js';
import { sayId, Upstream } from '../spec/upstream.js';

let gateway: GatewayUnderTest;
let order: Upstream;

beforeAll(async () => {
  gateway = await GatewayUnderTest.start();
  order = await Upstream.start('order-1');
  gateway.use(order);
});
afterAll(() => gateway.stop());

/** Status, headers and problem document of a raw request. */
async function problemFor(request: string) {
  const answer = await sendRaw(gateway.port, request);
  const [top = '', body = ''] = answer.split('\r\n\r\n');
  return { status: Number(top.slice(9, 12)), top, problem: JSON.parse(body) as Record<string, unknown> };
}

describe('malformed requests', () => {
  it.each([
    ['no Host', head('GET /products HTTP/1.1', 'Connection: close')],
    ['two hosts', head('GET /products HTTP/1.1', 'Host: a', 'Host: b', 'Connection: close')],
    ['a joined Host', head('GET /products HTTP/1.1', 'Host: a, b', 'Connection: close')],
    [
      'both lengths',
      `${head('POST /orders HTTP/1.1', 'Host: a', 'Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    ],
    [
      'two lengths',
      `${head('POST /orders HTTP/1.1', 'Host: a', 'Content-Length: 5', 'Content-Length: 6')}hello`,
    ],
    [
      'a signed length',
      `${head('POST /orders HTTP/1.1', 'Host: a', 'Content-Length: +5', 'Connection: close')}hello`,
    ],
    [
      'a length with a zero before',
      `${head('POST /orders HTTP/1.1', 'Host: a', 'Content-Length: 05', 'Connection: close')}hello`,
    ],
    ['an empty coding', head('POST /orders HTTP/1.1', 'Host: a', 'Transfer-Encoding:', 'Connection: close')],
    [
      'an obsolete coding',
      `${head('POST /orders HTTP/1.1', 'Host: a', 'Transfer-Encoding: identity', 'Connection: close')}`,
    ],
    [
      'a hidden coding',
      head('POST /orders HTTP/1.1', 'Host: a', 'Transfer-Encoding : chunked', 'Connection: close'),
    ],
    [
      'a folded header',
      head('GET /products HTTP/1.1', 'Host: a', 'X-A: 1', ' Transfer-Encoding: chunked', 'X-B: \u0000'),
    ],
    ['an encoded line feed', head('GET /products/%0a HTTP/1.1', 'Host: a', 'Connection: close')],
    ['overlong UTF-8', head('GET /products/%c0%ae HTTP/1.1', 'Host: a', 'Connection: close')],
    ['another host in its target', head('GET http://b/products HTTP/1.1', 'Host: a', 'Connection: close')],
    ['a port out of range', head('GET /products HTTP/1.1', 'Host: a:99999', 'Connection: close')],
    ['HTTP/0.9', head('GET /products HTTP/0.9', 'Host: a', 'Connection: close')],
    ['HTTP/2.0', head('GET /products HTTP/2.0', 'Host: a', 'Connection: close')],
    [
      'a second Host behind 2,001 lines',
      head('GET /products HTTP/1.1', 'Host: a', ...Array<string>(2_001).fill('a:'), 'Host: evil'),
    ],
    ['an asterisk', head('GET * HTTP/1.1', 'Host: a', 'Connection: close')],
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['a bare line feed in a header', 'GET /products HTTP/1.1\r\nHost: a\r\nX: a\nb: c\r\n\r\n'],
  ])('bitten 9: a request with %s is 400, and no service sees it', async (_what, request) => {
    const before = order.requests.length;
    const { status, problem } = await problemFor(request);
    expect(status).toBe(400);
    expect(problem).toMatchObject({ code: 'ERR_BAD_REQUEST', status: 400, requestId: expect.any(String) });
    expect(order.requests).toHaveLength(before);
  });

  it('bitten 9: what follows a refused request with a body is not taken for a request', async () => {
    const smuggled = head('GET /products HTTP/1.1', 'Host: a');
    const outer = head('POST /orders HTTP/1.1', 'Host: a', 'Host: a', `Content-Length: ${smuggled.length}`);
    const before = order.requests.length;
    const answer = await sendRaw(gateway.port, outer + smuggled);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(order.requests).toHaveLength(before);
  });

  it.each([
    ['two hosts', head('GET /products HTTP/1.1', 'Host: a', 'Host: b')],
    ['an encoded line feed', head('GET /products/%0a HTTP/1.1', 'Host: a')],
  ])(
    'bitten 9: a request with %s ends its connection, and what follows it is not handled',
    async (_what, request) => {
      const before = order.requests.length;
      const answer = await sendRaw(gateway.port, request + head('GET /products HTTP/1.1', 'Host: a'));
      expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
      expect(answer).toMatch(/^HTTP\/1\.1 400[^]*\r\nconnection: close\r\n/i);
      expect(order.requests).toHaveLength(before);
    },
  );

  it('bitten 9: refuses more header lines than the services see, instead of losing the length of the body', async () => {
    const lines = ['Host: a', ...Array<string>(2_001).fill('a:'), 'Content-Length: 2'];
    const before = order.requests.length;
    const { status, top, problem } = await problemFor(`${head('POST /orders HTTP/1.1', ...lines)}{}`);
    expect([status, problem.code]).toEqual([431, 'ERR_HEADERS_TOO_LARGE']);
    expect(top).toMatch(/\r\nconnection: close/i);
    expect(order.requests).toHaveLength(before);
    const allowed = head('POST /orders HTTP/1.1', ...lines.slice(-498), 'Host: a', 'Connection: close');
    const echo = (await sendRaw(gateway.port, `${allowed}{}`)).split('\r\n\r\n')[1] ?? '';
    expect(JSON.parse(echo)).toMatchObject({ bytes: 2 });
  });

  it.each([
    ['an obsolete coding', head('POST /nope HTTP/1.1', 'Host: a', 'Transfer-Encoding: identity'), 400],
    ['an unknown coding', head('POST /nope HTTP/1.1', 'Host: a', 'Transfer-Encoding: xchunked'), 400],
    ['a bad chunk', `${head('POST /nope HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')}zz\r\n`, 404],
    [
      'two hosts and a bad chunk',
      `${head('POST /nope HTTP/1.1', 'Host: a', 'Host: a', 'Transfer-Encoding: chunked')}zz\r\n`,
      400,
    ],
    [
      'an asterisk and a bad chunk',
      `${head('OPTIONS * HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')}zz\r\n`,
      204,
    ],
  ])(
    'bitten 9: a refusal reaches a client that sends %s in the same packet',
    async (_what, request, status) => {
      const answer = await sendRaw(gateway.port, request);
      expect(answer.match(/HTTP\/1\.1 (\d+)/g)).toEqual([`HTTP/1.1 ${status}`]);
    },
  );

  it('answers headers that are too large with 431', async () => {
    const { status, top, problem } = await problemFor(
      head('GET / HTTP/1.1', 'Host: a', `X: ${'a'.repeat(20_000)}`),
    );
    expect(status).toBe(431);
    expect(problem).toMatchObject({ code: 'ERR_HEADERS_TOO_LARGE' });
    expect(top).toMatch(/application\/problem\+json/);
    expect(top).toMatch(/x-gateway: gateway-t/);
  });
});

describe('pipelined requests', () => {
  const answerLate: RequestListener = (_request, response) =>
    void setTimeout(() => response.end('late'), 150);
  afterEach(() => {
    order.respond = sayId('order-1');
  });

  it.each([
    ['no HTTP', '\r\nXX\r\n\r\n', 400],
    ['CONNECT', head('CONNECT a:80 HTTP/1.1', 'Host: a'), 405],
  ])(
    'bitten 9: %s behind a request does not steal its answer, and gets its own after it',
    async (_what, bad, status) => {
      order.respond = answerLate;
      const connection = await RawConnection.open(gateway.port);
      connection.send(
        head('POST /orders HTTP/1.1', 'Host: a', 'Content-Length: 2') +
          '{}' +
          head('GET /orders HTTP/1.1', 'Host: a'),
      );
      await sleep(15);
      await connection.send(bad).send(bad).untilClosed();
      expect(connection.text.match(/HTTP\/1\.1 \d+/g)).toEqual([
        'HTTP/1.1 200',
        'HTTP/1.1 200',
        `HTTP/1.1 ${status}`,
      ]);
      expect(connection.text.match(/late/g)).toHaveLength(2);
    },
  );

  it('bitten 9: a malformed request behind one that closes the connection gets no answer', async () => {
    order.respond = answerLate;
    const request = head('GET /products HTTP/1.1', 'Host: a', 'Connection: close');
    const answer = await sendRaw(gateway.port, `${request}\r\nXX\r\n\r\n`);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    expect(answer).toContain('late');
  });

  it('go to the service one after the other, and not at all when their client has left', async () => {
    const answers: ServerResponse[] = [];
    order.respond = (_request, response) => void answers.push(response);
    const connection = await RawConnection.open(gateway.port);
    connection.send(head('GET /products HTTP/1.1', 'Host: a').repeat(3));
    await connection.until(() => answers.length === 1);
    answers[0]?.end('first');
    await connection.until(() => answers.length === 2);
    const [, second] = answers;
    const gone = once(second?.req.socket ?? gateway.server, 'close');
    connection.socket.destroy();
    await gone;
    await connection.until(() => gateway.inFlight.count === 0);
    order.respond = (_request, response) => void response.end('another');
    expect(await (await fetch(`${gateway.url}/products`)).text()).toBe('another');
    expect(answers).toHaveLength(2);
  });

  it('end their connection where too many wait', async () => {
    const before = order.requests.length;
    order.respond = () => undefined;
    const connection = await RawConnection.open(gateway.port);
    connection.send(head('GET /products HTTP/1.1', 'Host: a').repeat(200));
    await connection.untilClosed();
    await connection.until(() => gateway.inFlight.count === 0);
    expect(order.requests.length).toBeLessThanOrEqual(before + 1);
  });
});

describe('methods and upgrades', () => {
  it.each(['TRACE', 'CONNECT', 'PROPFIND'])('refuses %s with 405', async (method) => {
    const target = method === 'CONNECT' ? 'a:80' : '/products';
    const { status, top, problem } = await problemFor(
      head(`${method} ${target} HTTP/1.1`, 'Host: a', 'Connection: close'),
    );
    expect(status).toBe(405);
    expect(problem).toMatchObject({ code: 'ERR_METHOD' });
    expect(top).toMatch(/\r\nallow: GET, HEAD/i);
  });

  it('answers OPTIONS * itself', async () => {
    const answer = await sendRaw(gateway.port, head('OPTIONS * HTTP/1.1', 'Host: a', 'Connection: close'));
    expect(answer).toMatch(/^HTTP\/1\.1 204/);
    expect(answer).toMatch(/\r\nx-request-id: [\w-]{36}\r\n/);
    expect(answer).toMatch(/\r\nx-served-by: gateway-t\r\n/);
    expect(answer).toMatch(/\r\nx-gateway: gateway-t\r\n/);
  });

  it.each([
    ['in HTTP/1.0', head('GET /products HTTP/1.0', 'Host: a', 'Connection: upgrade', 'Upgrade: websocket')],
    [
      'that Connection does not name',
      head('GET /products HTTP/1.1', 'Host: a', 'Connection: close', 'Upgrade: websocket'),
    ],
  ])('ignores an Upgrade %s', async (_what, request) => {
    expect(await sendRaw(gateway.port, request)).toMatch(/^HTTP\/1\.1 200/);
  });

  it('ignores any other Upgrade', async () => {
    const upgrade = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'];
    const connection = await RawConnection.open(gateway.port);
    await connection
      .send(head('GET /products HTTP/1.1', 'Host: a', ...upgrade))
      .until(() => connection.text.includes('HTTP/1.1 200'));
    connection.socket.destroy();
  });

  it('answers unknown and internal paths with 404', async () => {
    for (const path of ['/', '/nope', '/internal/profiles/1', '/auth/..%2finternal', '/metrics']) {
      const answer = await fetch(`${gateway.url}${path}`);
      if (path === '/auth/..%2finternal') expect(answer.status).toBe(503);
      else expect(await answer.json()).toMatchObject({ status: 404, code: 'ERR_NOT_FOUND' });
    }
  });

  it('makes a request id where the given one is not valid', async () => {
    const answer = await fetch(`${gateway.url}/nope`, { headers: { 'x-request-id': 'a b' } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('slow senders', () => {
  it('bitten 11: has every timeout set', async () => {
    const { createFrontDoor } = await import('./front-door.js');
    const { CrossOrigin } = await import('./cross-origin.js');
    const { RequestsInFlight } = await import('./requests-in-flight.js');
    const options = { gatewayId: 'g', inFlight: new RequestsInFlight(), crossOrigin: new CrossOrigin() };
    const server = createFrontDoor(options, () => undefined);
    expect(server).toMatchObject({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      maxRequestsPerSocket: 10_000,
    });
  });

  it('bitten 11: are cut with 408, and meanwhile nobody else waits', async () => {
    const impatient = await GatewayUnderTest.start({ headersTimeoutMs: 2_000, requestTimeoutMs: 3_000 });
    impatient.upstreams.update([order.member()]);
    const slow = await Promise.all(Array.from({ length: 20 }, () => RawConnection.open(impatient.port)));
    for (const connection of slow.slice(0, 10)) connection.send('GET /products HTTP/1.1\r\nHost: a\r\n');
    for (const connection of slow.slice(10)) {
      connection.send(head('PUT /cart/items/1 HTTP/1.1', 'Host: a', 'Content-Length: 90000')).send('{');
    }
    expect((await fetch(`${impatient.url}/products`)).status).toBe(200);
    // Nobody was cut yet: who is not slow did not wait for those who are.
    expect(slow.map(({ text }) => text).join('')).toBe('');
    await Promise.all(slow.map((connection) => connection.untilClosed()));
    for (const connection of slow) {
      expect(connection.text).toMatch(/^HTTP\/1\.1 408/);
      expect(connection.text).toContain('ERR_REQUEST_TIMEOUT');
    }
    while (impatient.inFlight.count > 0) await sleep(5);
    await impatient.stop();
  });
});
