import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { securityHeaders } from '@holdfast/service-defaults';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { head, RawConnection, sendRaw } from '../spec/raw-http.js';
import { sayId, Upstream } from '../spec/upstream.js';

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
}

let gateway: GatewayUnderTest;
let order: Upstream;

beforeAll(async () => {
  gateway = await GatewayUnderTest.start();
  order = await Upstream.start('order-1');
  gateway.use(order);
});
afterAll(() => gateway.stop());

/** What the service saw of a raw request. */
async function seen(...lines: string[]): Promise<Echo> {
  order.respond = sayId('order-1');
  const answer = await sendRaw(gateway.port, head(...lines, 'Host: shop.example', 'Connection: close'));
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as Echo;
}

describe('early hints', () => {
  it('bitten 1: a 103 before the answer does not become a second head', async () => {
    order.respond = (_request, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload; as=style' }, () =>
        response.end('after hints'),
      );
    };
    const answer = await sendRaw(
      gateway.port,
      head('GET /products HTTP/1.1', 'Host: a', 'Connection: close'),
    );
    expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(1);
    expect(answer).toContain('after hints');
  });
});

describe('request headers', () => {
  it('bitten 2: legal headers that HTTP clients refuse reach the service as nothing', async () => {
    const { headers } = await seen(
      'GET /products HTTP/1.1',
      'Keep-Alive: timeout=5',
      'Expect: 200-maybe',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA',
      'Accept: text/plain',
    );
    expect(headers).not.toHaveProperty('upgrade');
    expect(headers).not.toHaveProperty('expect');
    expect(headers).not.toHaveProperty('http2-settings');
    expect(headers['keep-alive']).toBeUndefined();
    expect(headers.accept).toBe('text/plain');
  });

  it('bitten 2: a chunked body arrives with one framing', async () => {
    const { headers, bytes } = await new Promise<Echo>((resolve, reject) => {
      order.respond = sayId('order-1');
      const sent = httpRequest(`${gateway.url}/cart/items/1`, { method: 'PUT' }, (answer) => {
        let text = '';
        answer
          .on('data', (chunk: Buffer) => (text += chunk.toString()))
          .on('end', () => resolve(JSON.parse(text) as Echo));
      }).on('error', reject);
      sent.write('{"quantity":');
      setImmediate(() => sent.end('1}'));
    });
    expect(bytes).toBe(14);
    expect(headers['content-length']).toBe('14');
    expect(headers['transfer-encoding']).toBeUndefined();
  });

  it('bitten 3: hop-by-hop headers and what Connection names do not travel, our own cannot be stripped by it', async () => {
    const { headers } = await seen(
      'GET /products HTTP/1.1',
      'Connection: x-secret-hop, x-request-id, x-forwarded-for',
      'X-Secret-Hop: 1',
      'Proxy-Authorization: Basic xyz',
      'Proxy-Connection: keep-alive',
      'TE: gzip, trailers',
      'Trailer: x-sum',
      'Transfer_Encoding: chunked',
      'X-Request-Id: mine-1',
    );
    const hops = ['x-secret-hop', 'proxy-authorization', 'proxy-connection', 'trailer', 'transfer_encoding'];
    for (const name of hops) {
      expect(headers).not.toHaveProperty(name);
    }
    expect(headers.te).toBe('trailers');
    expect(headers['x-request-id']).toBe('mine-1');
    expect(headers['x-forwarded-for']).toBe('127.0.0.1');
  });

  it('bitten 4: what says who or where somebody is, is ours to say', async () => {
    const { headers } = await seen(
      'GET /products HTTP/1.1',
      'X-Forwarded-For: 6.6.6.6',
      'x-forwarded-host: evil.example',
      'X-Forwarded-Proto: https',
      'X_Forwarded_For: 6.6.6.6',
      'Forwarded: for=6.6.6.6',
      'X-Real-IP: 6.6.6.6',
      'X-User-Id: admin',
      'X-Roles: admin',
      'X-Session-Id: abc',
      'X-Served-By: me',
      'Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    );
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'shop.example',
      'x-forwarded-proto': 'http',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
    expect(JSON.stringify(headers)).not.toMatch(/6\.6\.6\.6|evil|admin|x-session-id|x-served-by/);
  });

  it('bitten 4: a trusted proxy is believed, and only for the address that it added itself', async () => {
    const trusting = await GatewayUnderTest.start({ trustLoopback: true });
    trusting.upstreams.update([order.member()]);
    const told = {
      'x-forwarded-for': '6.6.6.6, 9.9.9.9, 127.0.0.2',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'shop',
    };
    const answer = await fetch(`${trusting.url}/products`, { headers: told });
    const { headers } = (await answer.json()) as Echo;
    expect(headers).toMatchObject({
      'x-forwarded-for': '9.9.9.9',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'shop',
    });
    await trusting.stop();
  });

  it('bitten 10: the raw target is forwarded', async () => {
    const { url } = await seen('GET /products/../products//%2e/a%2Fb?q=%41&q=/../ HTTP/1.1');
    expect(url).toBe('/products/../products//%2e/a%2Fb?q=%41&q=/../');
  });
});

describe('answers', () => {
  it('bitten 3: hop-by-hop headers of the answer stay here, and ours win', async () => {
    order.respond = (_request, response) => {
      response.writeHead(200, [
        ...['Connection', 'x-hop'],
        ...['X-Hop', '1'],
        ...['Proxy-Authenticate', 'Basic'],
        ...['X-Served-By', 'liar'],
        ...['X-Gateway', 'liar'],
        ...['X-Kept', 'caf\u00e9'],
      ]);
      response.end('ok');
    };
    const answer = await fetch(`${gateway.url}/products`, { headers: { 'x-request-id': 'id-7' } });
    expect(answer.headers.get('x-hop')).toBeNull();
    expect(answer.headers.get('proxy-authenticate')).toBeNull();
    expect(answer.headers.get('x-served-by')).toBe('order-1');
    expect(answer.headers.get('x-gateway')).toBe('gateway-t');
    expect(answer.headers.get('x-request-id')).toBe('id-7');
    expect(answer.headers.get('x-retries')).toBeNull();
    expect(answer.headers.get('x-kept')).toBe('caf\u00e9');
  });

  it('get the security headers that they lack, and keep those that they have', async () => {
    order.respond = (_request, response) =>
      void response
        .setHeader('Referrer-Policy', 'same-origin')
        .setHeader('x-frame-options', 'SAMEORIGIN')
        .end();
    const { headers } = await fetch(`${gateway.url}/products`);
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    for (const [name, value] of securityHeaders()) {
      if (!['referrer-policy', 'x-frame-options'].includes(name))
        expect([name, headers.get(name)]).toEqual([name, value]);
    }
    const all = Object.fromEntries(securityHeaders());
    order.respond = (_request, response) => void response.writeHead(200, all).end();
    const once = (
      await sendRaw(gateway.port, head('GET /products HTTP/1.1', 'Host: a', 'Connection: close'))
    ).toLowerCase();
    for (const name of Object.keys(all)) expect(once.split(`\r\n${name}:`)).toHaveLength(2);
  });

  it('of our own have the security headers', async () => {
    for (const path of ['/nothing', '/auth/session']) {
      const { status, headers } = await fetch(`${gateway.url}${path}`);
      expect([404, 503]).toContain(status);
      for (const [name, value] of securityHeaders()) expect([name, headers.get(name)]).toEqual([name, value]);
    }
    expect(await sendRaw(gateway.port, 'nonsense\r\n\r\n')).toMatch(
      /\r\ncontent-security-policy: default-src 'none'/,
    );
  });

  it('bitten 13: several Set-Cookie stay several', async () => {
    order.respond = (_request, response) => void response.setHeader('set-cookie', ['a=1, x', 'b=2']).end();
    const answer = await fetch(`${gateway.url}/products`);
    expect(answer.headers.getSetCookie()).toEqual(['a=1, x', 'b=2']);
  });

  it('bitten 13: HEAD has the length and no body, and the connection goes on', async () => {
    order.respond = (request, response) => {
      response.setHeader('content-length', '5');
      response.end(request.method === 'HEAD' ? undefined : 'hello');
    };
    const connection = await RawConnection.open(gateway.port);
    connection.send(head('HEAD /products HTTP/1.1', 'Host: a'));
    await connection.until(() => connection.text.includes('\r\n\r\n'));
    expect(connection.text).toMatch(/content-length: 5\r\n/i);
    connection.send(head('GET /products HTTP/1.1', 'Host: a', 'Connection: close'));
    await connection.untilClosed();
    expect(connection.text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(connection.text).toMatch(/hello$/);
  });

  it.each([
    [204, {}],
    [304, {}],
    // RFC 9110 8.6: that of the answer to a request without conditions.
    [304, { 'content-length': '5' }],
  ])('bitten 13: %d has no body, and the connection goes on: %j', async (status, more) => {
    order.respond = (_request, response) => void response.writeHead(status, { etag: '"1"', ...more }).end();
    const connection = await RawConnection.open(gateway.port);
    const get = head('GET /products HTTP/1.1', 'Host: a');
    connection.send(get);
    await connection.until(() => connection.text.includes('\r\n\r\n'));
    expect(connection.text).not.toMatch(/transfer-encoding/i);
    connection.send(get);
    await connection.until(() => connection.text.split(`HTTP/1.1 ${status}`).length === 3);
    connection.socket.destroy();
  });

  it('bitten 13: trailers come through', async () => {
    order.respond = (_request, response) => {
      response.writeHead(200, { trailer: 'x-sum' });
      response.write('body');
      response.addTrailers({ 'x-sum': '42', 'set-cookie': 'a=1' });
      response.end();
    };
    const answer = await sendRaw(
      gateway.port,
      head('GET /products HTTP/1.1', 'Host: a', 'TE: trailers', 'Connection: close'),
    );
    expect(answer).toMatch(/0\r\nx-sum: 42\r\n\r\n$/);
  });
});
