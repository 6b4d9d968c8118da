import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { generate } from 'selfsigned';
import { Client, echoOn } from '../spec/echo.js';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { head, sendRaw } from '../spec/raw-http.js';
import { sayId, Upstream } from '../spec/upstream.js';
import { readTls, watchTls } from './tls-files.js';

let folder: string;
let files: { readonly cert: string; readonly key: string };
let gateway: GatewayUnderTest | undefined;
let live: Upstream;

/** Writes a certificate for `localhost` and its key. Answers the certificate. */
async function certify({ cert, key } = files): Promise<string> {
  const pair = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec' });
  await writeFile(key, pair.private);
  await writeFile(cert, pair.cert);
  return pair.cert;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-tls-'));
  files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
});
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});
afterAll(() => rm(folder, { recursive: true }));

async function start(trustLoopback = false): Promise<{ port: number; ca: string }> {
  const ca = await certify();
  gateway = await GatewayUnderTest.start({ limits: { tls: readTls(files) }, trustLoopback });
  live = await Upstream.start('live-1', sayId('live-1'));
  gateway.use(live);
  return { port: gateway.port, ca };
}

interface Told {
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly headers: IncomingHttpHeaders };
}

function get(port: number, ca: string, headers = {}): Promise<Told> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ ca });
    httpsRequest({ host: 'localhost', port, path: '/live', agent, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => {
        agent.destroy();
        resolve({ headers: answer.headers, body: JSON.parse(text) as Told['body'] });
      });
    })
      .on('error', reject)
      .end();
  });
}

describe('a gateway with a certificate', () => {
  it('speaks TLS, says so to the services, and tells browsers to stay with it', async () => {
    const { port, ca } = await start();
    const { headers, body } = await get(port, ca, { 'x-forwarded-proto': 'http' });
    expect(body.headers['x-forwarded-proto']).toBe('https');
    expect(headers['strict-transport-security']).toMatch(/max-age=31536000/);
  });

  it('believes a trusted proxy that says how its own client came', async () => {
    const { port, ca } = await start(true);
    const proto = async (headers: Record<string, string>) =>
      (await get(port, ca, headers)).body.headers['x-forwarded-proto'];
    expect([await proto({ 'x-forwarded-proto': 'http' }), await proto({})]).toEqual(['http', 'https']);
  });

  it('passes WebSockets through', async () => {
    const { port, ca } = await start();
    echoOn(live);
    const client = await Client.opened(`https://localhost:${port}/live`, { ca });
    expect(await client.echo('hello')).toBe('hello');
    gateway?.streams.drain();
    expect(await client.closed).toEqual([1001, 'going away']);
  });

  it('has no answer for who speaks no TLS', async () => {
    const { port } = await start();
    expect(await sendRaw(port, head('GET /live HTTP/1.1', 'Host: a'))).toBe('');
    expect(live.requests).toHaveLength(0);
  });

  it('bitten 6: cuts a client of HTTP/1.0 when the service dies in the middle of its answer', async () => {
    const { port, ca } = await start();
    live.respond = (_request, response) => void response.writeHead(200).write('half');
    const client = connect({ port, host: 'localhost', ca });
    let text = '';
    client.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.endsWith('half')) live.reset();
    });
    const over = new Promise((resolve) => client.on('error', () => undefined).once('close', resolve));
    client.write(head('GET /live HTTP/1.0'));
    await over;
    expect(text).toMatch(/^HTTP\/1\.1 200/);
  });

  it('shows a renewed certificate to new connections', async () => {
    const { port } = await start();
    const server = gateway?.server as Server & { setSecureContext(pair: object): void };
    const before = await fingerprint(port);
    await certify();
    server.setSecureContext(readTls(files));
    expect(await fingerprint(port)).not.toBe(before);
  });
});

async function fingerprint(port: number): Promise<string> {
  const socket = connect({ port, host: 'localhost', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

describe('the files of a certificate', () => {
  it.each([
    ['a missing certificate', { cert: 'none.pem' }, /none\.pem cannot be read: ENOENT/],
    ['a key in place of a certificate', { cert: 'key.pem' }, /key\.pem holds no certificate as PEM/],
    ['a certificate in place of a key', { key: 'cert.pem' }, /cert\.pem holds no private key as PEM/],
    ['the key of another one', { key: 'other-key.pem' }, /is not that of the certificate/],
  ])('are refused with a sentence: %s', async (_what, names, message) => {
    await certify();
    await certify({ cert: join(folder, 'other.pem'), key: join(folder, 'other-key.pem') });
    const { cert = 'cert.pem', key = 'key.pem' } = names as { cert?: string; key?: string };
    expect(() => readTls({ cert: join(folder, cert), key: join(folder, key) })).toThrow(message);
  });

  it('are taken anew when they change, and only when they fit', async () => {
    await certify();
    const faults: string[] = [];
    const renewed = new Promise<Buffer>((resolve) => {
      const stop = watchTls(
        files,
        ({ cert }) => {
          stop();
          resolve(cert);
        },
        (reason) => faults.push(reason),
        20,
      );
    });
    await writeFile(files.cert, 'half of a certificate');
    while (faults.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const cert = await certify();
    expect((await renewed).toString()).toBe(cert);
    expect(faults[0]).toMatch(/holds no certificate as PEM/);
  });
});
