import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { head, RawConnection, sendRaw } from '../spec/raw-http.js';
import { Upstream } from '../spec/upstream.js';

let gateway: GatewayUnderTest;
let order: Upstream;

beforeEach(async () => {
  gateway = await GatewayUnderTest.start();
  order = await Upstream.start('order-1');
  gateway.use(order);
});
afterEach(() => gateway.stop());

const get = head('GET /products HTTP/1.1', 'Host: a');
const MIB = 1024 * 1024;

async function until(holds: () => boolean): Promise<void> {
  for (let look = 0; look < 1_000 && !holds(); look++) await sleep(2);
  expect(holds()).toBe(true);
}

describe('backpressure and aborts', () => {
  it('bitten 5: a client that leaves ends its request at the service', async () => {
    let aborted = false;
    order.respond = (_request, response) => void response.once('close', () => (aborted = true));
    const connection = await RawConnection.open(gateway.port);
    connection.send(get);
    await until(() => order.requests.length === 1);
    connection.socket.destroy();
    await until(() => aborted);
    expect(gateway.upstreams.view()[0]?.inFlight).toBe(0);
    await until(() => gateway.inFlight.count === 0);
  });

  it('bitten 5: a client that leaves in the middle of the answer ends it at the service', async () => {
    let aborted = false;
    order.respond = (_request, response) => {
      response.once('close', () => (aborted = true)).write('half');
    };
    const connection = await RawConnection.open(gateway.port);
    await connection.send(get).until(() => connection.text.includes('half'));
    connection.socket.destroy();
    await until(() => aborted);
  });

  it('bitten 5: a client that leaves in the middle of its upload ends it at the service', async () => {
    let aborted = false;
    order.respond = (request) =>
      void request
        .on('error', () => undefined)
        .once('close', () => (aborted = true))
        .resume();
    const connection = await RawConnection.open(gateway.port);
    connection.send(head('PUT /cart/items/1 HTTP/1.1', 'Host: a', 'Content-Length: 900000'));
    connection.send(Buffer.alloc(100_000));
    await until(() => order.requests.length === 1);
    connection.socket.destroy();
    await until(() => aborted);
  });

  it('bitten 5: a slow reader pauses the service: 200 MiB of an answer do not pile up here', async () => {
    let sent = 0;
    order.respond = (_request, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      response.setHeader('content-length', 200 * MIB);
      const push = () => {
        while (sent < 200 * MIB) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', push);
        }
        response.end();
      };
      push();
    };
    const connection = await RawConnection.open(gateway.port);
    connection.socket.pause();
    connection.send(get);
    await until(() => sent > 0);
    await sleep(500);
    // What is under way sits in the sockets' buffers: more than was sent cannot lie anywhere.
    expect(sent).toBeLessThan(32 * MIB);
    let received = 0;
    connection.socket
      .removeAllListeners('data')
      .on('data', (chunk) => (received += chunk.length))
      .resume();
    for (let look = 0; look < 2_000 && received < 200 * MIB; look++) await sleep(5);
    expect(received).toBeGreaterThan(200 * MIB);
    connection.socket.destroy();
  });

  it('the first bytes of an answer come before the last ones are there', async () => {
    order.respond = (_request, response) =>
      void response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    const connection = await RawConnection.open(gateway.port);
    await connection.send(get).until(() => connection.text.includes('text/event-stream'));
    connection.socket.destroy();
  });
});

describe('truncated answers', () => {
  it.each([
    ['with a length', { 'content-length': '100' }],
    ['in chunks', {}],
  ])(
    'bitten 6: a service that dies in the middle of an answer %s leaves it visibly incomplete',
    async (_what, headers) => {
      order.respond = (_request, response) => {
        response.writeHead(200, headers).write('half');
        setTimeout(() => order.reset(), 20);
      };
      const answer = await fetch(`${gateway.url}/products`);
      await expect(answer.text()).rejects.toThrow();
    },
  );

  it('bitten 6: a client of HTTP/1.0, which reads to the end of the connection, sees a reset', async () => {
    order.respond = (_request, response) => {
      response.writeHead(200).write('half');
      setTimeout(() => order.reset(), 20);
    };
    const connection = await RawConnection.open(gateway.port);
    await connection.send(head('GET /products HTTP/1.0')).untilClosed();
    expect(connection.text).not.toMatch(/transfer-encoding/i);
    expect(connection.error).toBe('ECONNRESET');
  });
});

describe('bodies', () => {
  const put = (length: number) => head('PUT /cart/items/1 HTTP/1.1', 'Host: a', `Content-Length: ${length}`);

  it('bitten 7: an answer that comes while the body still arrives closes the connection', async () => {
    order.respond = (_request, response) => void response.writeHead(409).end('{"early":true}');
    const connection = await RawConnection.open(gateway.port);
    connection.send(put(900_000)).send(Buffer.alloc(70_000));
    await connection.until(() => connection.text.includes('early'));
    expect(connection.text).toMatch(/^HTTP\/1\.1 409/);
    expect(connection.text).toMatch(/\r\nconnection: close\r\n/i);
    await connection.untilClosed();
    // What the client still sent was neither a request nor a reason to reset the answer.
    expect(connection.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(connection.error).toBeUndefined();
  });

  it('bitten 7: a client that sends on after an early answer gets to read it', async () => {
    order.respond = (_request, response) => void response.writeHead(409).end('early');
    const answer = await fetch(`${gateway.url}/cart/items/1`, {
      method: 'PUT',
      body: Buffer.alloc(1_000_000),
    });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toBe('early');
  });

  it('refuses a body over the limit by its length, before a service sees it', async () => {
    const answer = await fetch(`${gateway.url}/cart/items/1`, { method: 'PUT', body: Buffer.alloc(2 * MIB) });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'ERR_BODY_TOO_LARGE' });
    expect(order.requests).toHaveLength(0);
  });

  it('refuses a chunked body that grows over the limit, and the service sees no whole one', async () => {
    let ended = false;
    order.respond = (request) =>
      void request
        .on('error', () => undefined)
        .on('end', () => (ended = true))
        .resume();
    const connection = await RawConnection.open(gateway.port);
    connection.send(head('PUT /cart/items/1 HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked'));
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536), Buffer.from('\r\n')]);
    for (let sent = 0; sent < 2 * MIB && !connection.closed; sent += 65_536) connection.send(chunk);
    await connection.until(() => connection.text.includes('ERR_BODY_TOO_LARGE'));
    expect(connection.text).toMatch(/^HTTP\/1\.1 413/);
    await connection.untilClosed();
    expect(ended).toBe(false);
  });

  it('streams a long upload', async () => {
    let bytes = 0;
    order.respond = (request, response) => {
      request
        .on('data', (chunk: Buffer) => (bytes += chunk.length))
        .on('end', () => response.end(String(bytes)));
    };
    const answer = await fetch(`${gateway.url}/cart/items/1`, {
      method: 'PUT',
      body: Buffer.alloc(1_000_000),
    });
    expect(await answer.text()).toBe('1000000');
  });

  it('says 100 Continue only to a body that is wanted', async () => {
    order.respond = (request, response) => void request.resume().on('end', () => response.end('thanks'));
    const connection = await RawConnection.open(gateway.port);
    connection.send(
      head('PUT /cart/items/1 HTTP/1.1', 'Host: a', 'Content-Length: 2', 'Expect: 100-continue'),
    );
    await connection.until(() => connection.text.includes('100 Continue'));
    await connection.send('{}').until(() => connection.text.includes('thanks'));
    connection.socket.destroy();
    const refused = await RawConnection.open(gateway.port);
    refused.send(
      head('PUT /cart/items/1 HTTP/1.1', 'Host: a', 'Content-Length: 9999999', 'Expect: 100-continue'),
    );
    await refused.until(() => refused.text.includes('413'));
    expect(refused.text).not.toContain('100 Continue');
    refused.socket.destroy();
  });

  it('never says 100 Continue to HTTP/1.0, which would take it for the answer', async () => {
    const asked = head('PUT /cart/items/1 HTTP/1.0', 'Content-Length: 2', 'Expect: 100-continue');
    expect(await sendRaw(gateway.port, `${asked}{}`)).toMatch(/^HTTP\/1\.1 200/);
  });
});
