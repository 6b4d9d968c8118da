import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createLogger } from '@holdfast/service-defaults';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { guardOwnRoutes } from '../credentials/own-routes.js';
import { CrossOrigin } from '../http/cross-origin.js';
import { call } from '../spec/call.js';
import { CONSOLE_POLICY, registerConsole } from './console.plugin.js';

const PAGE = '<!doctype html><title>console</title>';
const SCRIPT = 'export const one = 1;';

let folder: string;
let url: string;
const servers: FastifyInstance[] = [];
const logged: string[] = [];

async function serve(site: string): Promise<string> {
  const fastify = Fastify();
  const crossOrigin = new CrossOrigin(new Set(['https://partner.test']));
  const logger = createLogger(
    { service: 'gateway', instance: 'gateway-t', level: 'warn' },
    { write: (line: string) => void logged.push(line) },
  );
  guardOwnRoutes(fastify, { gatewayId: 'gateway-t', crossOrigin, gate: () => undefined });
  await registerConsole(fastify, { gatewayId: 'gateway-t', crossOrigin, logger, folder: site });
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  servers.push(fastify);
  return `http://127.0.0.1:${(fastify.server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'site-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'secret.env'), 'KEY=1');
  writeFileSync(join(folder, 'assets', 'index-abc.js'), SCRIPT);
  writeFileSync(join(folder, 'assets', 'index-abc.js.gz'), gzipSync(SCRIPT));
  url = await serve(folder);
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true });
});

describe('the console at the gateway', () => {
  it('is one page, whatever the path below it names, and is asked for again each time', async () => {
    for (const path of ['/console/', '/console/sessions', '/console/sessions/of/somebody?tab=1']) {
      const { status, text, headers } = await call(url + path);
      expect([path, status, text]).toEqual([path, 200, PAGE]);
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'content-security-policy': CONSOLE_POLICY,
        'x-served-by': 'gateway-t',
      });
    }
    expect(await call(`${url}/console`)).toMatchObject({ status: 308, headers: { location: '/console/' } });
  });

  it('keeps hashed files for ever, compressed where the browser takes that', async () => {
    const asked = (accepted: string) =>
      call(`${url}/console/assets/index-abc.js`, { headers: { 'accept-encoding': accepted } });
    const packed = await asked('br, gzip');
    expect(packed.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'gzip',
      'content-length': String(gzipSync(SCRIPT).length),
      'content-type': 'text/javascript; charset=utf-8',
      vary: 'origin, accept-encoding',
    });
    for (const accepted of ['', 'identity', 'gzip;q=0', 'GZIP ; q=0.000']) {
      const plain = await asked(accepted);
      expect([accepted, plain.text, plain.headers['content-encoding']]).toEqual([
        accepted,
        SCRIPT,
        undefined,
      ]);
    }
  });

  it('says that nothing has changed where nothing has', async () => {
    const { etag } = (await call(`${url}/console/`)).headers;
    const again = await call(`${url}/console/`, { headers: { 'if-none-match': `"other", ${etag}` } });
    expect(again).toMatchObject({ status: 304, text: '', headers: { etag, 'cache-control': 'no-cache' } });
    expect(await call(`${url}/console/`, { headers: { 'if-none-match': '"other"' } })).toMatchObject({
      status: 200,
    });
  });

  it('answers what is no file of it with a problem, never with the page', async () => {
    const missing = [
      '/console/assets/index-old.js',
      '/console/secret.env',
      '/console/assets/index-abc.js.gz',
    ];
    for (const path of missing) {
      const { status, body, headers } = await call(url + path);
      expect([path, status, body['code']]).toEqual([path, 404, 'ERR_NOT_FOUND']);
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  it('says what to do where it was never built, once in the log and in each answer', async () => {
    const empty = await serve(join(folder, 'nowhere'));
    for (const path of ['/console/', '/console/sessions', '/console/theme.js']) {
      const { status, body } = await call(empty + path);
      expect([path, status, body['code'], body['detail']]).toEqual([
        path,
        404,
        'ERR_NOT_FOUND',
        'The console is not built: run `npm run build`.',
      ]);
    }
    expect(logged.filter((line) => line.includes('the console is not built'))).toHaveLength(1);
  });
});
