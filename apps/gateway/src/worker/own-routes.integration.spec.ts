import { randomBytes } from 'node:crypto';
import { RedisRegistry } from '@holdfast/balancer-redis';
import { Belief, createRedis, JournalAcknowledgements } from '@holdfast/session-redis';
import { createLogger, createSessionManager, securityHeaders } from '@holdfast/service-defaults';
import type { SessionManager } from '@holdfast/session-core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { readConfig } from '../config.js';
import { DOCS_POLICY } from '../docs.js';
import { call } from '../spec/call.js';
import { Upstream } from '../spec/upstream.js';
import { emptyRegistry, workerEnvironment } from '../spec/worker-store.js';
import { createGateway, type RunningGateway } from './create-gateway.js';

const PARTNER = 'https://partner.test';
const { issuer, environment: ofWorkers } = workerEnvironment('own-routes');
const environment = { ...ofWorkers, CORS_ORIGINS: PARTNER };

let redis: Redis;
let belief: Belief;
let acknowledgements: JournalAcknowledgements;
let members: RedisRegistry;
let gateway: RunningGateway;
let manager: SessionManager;
let auth: Upstream;
let order: Upstream;
let basic: (string | undefined)[];
const logged: string[] = [];

beforeAll(async () => {
  const config = readConfig(environment);
  redis = await emptyRegistry(environment.REDIS_URL);
  const connect = (role: 'read' | 'write' | 'general') => createRedis({ url: environment.REDIS_URL }, role);
  belief = new Belief({
    read: connect('read'),
    write: connect('write'),
    instance: 'auth-1',
    durability: 'local',
  });
  acknowledgements = new JournalAcknowledgements({
    belief,
    redis: connect('general'),
    verifiedWithinMs: 60_000,
  });
  const { refreshKeys } = issuer;
  manager = createSessionManager(config, belief, { refreshKeys, acknowledgements });
  basic = [];
  auth = await Upstream.start('auth-1', (request, response) => {
    const say = (body: object) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (request.url === '/oauth/token') basic.push(request.headers.authorization);
    request.toArray().then(
      async (chunks) => {
        const body = Buffer.concat(chunks as Buffer[]).toString();
        if (request.url === '/.well-known/jwks.json') say(await keySet());
        else if (request.url === '/oauth/token') say(await serviceToken());
        else say(await exchange((JSON.parse(body) as { cookie: string }).cookie));
      },
      () => response.destroy(),
    );
  });
  order = await Upstream.start('order-1');
  members = new RedisRegistry(redis);
  await members.announce(auth.member());
  await members.announce(order.member());
  const write = (line: string) => void logged.push(line);
  const logger = createLogger({ service: 'gateway', instance: 'gateway-1', level: 'trace' }, { write });
  // Swagger's static files come from a package that Jest cannot load; the end-to-end suite asks for /docs.
  gateway = await createGateway(config, 'gateway-1', {
    logger,
    serveDocs: (app) =>
      void app
        .getHttpAdapter()
        .getInstance()
        .get('/docs', (_request, reply) => reply.send('docs')),
  });
});

afterAll(async () => {
  await gateway.drain();
  await Promise.all([auth.stop(), order.stop()]);
  await members.close();
  acknowledgements.close();
  await belief.close();
  redis.disconnect();
});

async function keySet() {
  const key = await issuer.getKey('test-key');
  return { keys: [{ ...key?.export({ format: 'jwk' }), kid: 'test-key', alg: 'ES256', use: 'sig' }] };
}

async function serviceToken() {
  const token = await issuer.serviceToken('gateway');
  return { access_token: token, token_type: 'Bearer', expires_in: 300, scope: 'internal' };
}

async function exchange(cookie: string) {
  const found = await manager.resolveCookie(cookie);
  if (found.state !== 'live') throw new Error('not live');
  const { sessionId, version } = found.record;
  const expiresAt = new Date(Date.now() + 300_000).toISOString();
  return { accessToken: await issuer.accessToken(found.record), expiresAt, sessionId, version };
}

async function signIn(roles = ['user']) {
  const client = { ip: '127.0.0.1', userAgent: 'spec' };
  const userId = `user-${randomBytes(6).toString('hex')}`;
  const { cookie, session } = await manager.begin({ userId, roles, client, transport: 'cookie' });
  return { cookie: `__Host-session=${cookie}`, sessionId: session.record.sessionId, userId };
}

const get = (path: string, headers = {}) => call(`http://127.0.0.1:${gateway.port}${path}`, { headers });
const exchanges = () => auth.requests.filter(({ url }) => url === '/internal/sessions/exchange').length;

describe('a cookie at a gateway worker with Redis', () => {
  it('is swapped once, read at each request, and refused at once when its session ends', async () => {
    const { cookie, sessionId } = await signIn();
    const before = exchanges();
    const answers = await Promise.all(Array.from({ length: 30 }, () => get('/cart', { cookie })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(exchanges() - before).toBe(1);
    expect(basic).toEqual([
      `Basic ${Buffer.from(`gateway:${environment.CLIENT_SECRET}`).toString('base64')}`,
    ]);
    await manager.revoke(sessionId, 'revoked');
    expect(await get('/cart', { cookie })).toMatchObject({ status: 401, body: { endedBecause: 'revoked' } });
  });

  it('is swapped again as soon as the roles change', async () => {
    const { cookie, userId } = await signIn();
    const claims = async () => {
      const { headers } = (await get('/cart', { cookie })).body as { headers: { authorization: string } };
      const [, payload = ''] = headers.authorization.split('.');
      return JSON.parse(Buffer.from(payload, 'base64url').toString()) as { roles: string[] };
    };
    expect((await claims()).roles).toEqual(['user']);
    await manager.changeRoles(userId, { roles: ['user', 'admin'], authzVersion: 1 });
    expect((await claims()).roles).toEqual(['user', 'admin']);
  });
});

describe('a route of the gateway’s own', () => {
  it('knows a session by its cookie', async () => {
    expect((await get('/healthz')).status).toBe(401);
    const admin = await signIn(['user', 'admin']);
    const { status, body } = await get('/healthz', { cookie: `a=1; ${admin.cookie}; b=2` });
    expect([status, body.status]).toEqual([503, 'error']);
    expect(await get('/healthz', { cookie: (await signIn()).cookie })).toMatchObject({
      status: 403,
      body: { code: 'ERR_FORBIDDEN' },
    });
    await manager.revoke(admin.sessionId, 'logout');
    const ended = await get('/healthz', { cookie: admin.cookie });
    expect(ended).toMatchObject({ status: 401, body: { code: 'ERR_SESSION_ENDED', endedBecause: 'logout' } });
    expect(ended.headers['x-gateway']).toBe('gateway-1');
    expect(ended.headers['set-cookie']?.[0]).toMatch(/^__Host-session=; .*Max-Age=0$/);
  });

  it('shows its metrics to who collects them, and nothing else', async () => {
    const bearer = async (token: Promise<string>) => ({ authorization: `Bearer ${await token}` });
    const scraper = await bearer(issuer.metricsToken());
    expect(await get('/metrics', scraper)).toMatchObject({ status: 200 });
    for (const path of ['/healthz', '/platform/topology', '/platform/events'])
      expect(await get(path, scraper)).toMatchObject({ status: 403, body: { code: 'ERR_FORBIDDEN' } });
    expect((await get('/metrics', await bearer(issuer.serviceToken('order')))).status).toBe(403);
    expect((await get('/metrics', { cookie: (await signIn()).cookie })).status).toBe(403);
  });

  it('refuses two credentials, open to anyone or not', async () => {
    const { cookie } = await signIn();
    for (const path of ['/healthz', '/livez', '/docs']) {
      const answer = await get(path, { cookie, authorization: 'Bearer x' });
      expect(answer).toMatchObject({ status: 400, body: { code: 'ERR_AMBIGUOUS_CREDENTIALS' } });
    }
  });

  it('takes no notice of a cookie where anyone may come', async () => {
    const before = exchanges();
    for (const path of ['/livez', '/readyz', '/docs']) {
      expect((await get(path, { cookie: '__Host-session=dead' })).status).toBe(200);
      expect((await get(path, { cookie: (await signIn()).cookie })).status).toBe(200);
    }
    expect(exchanges()).toBe(before);
  });

  it('has the security headers, and the documentation a policy that its page can live with', async () => {
    for (const path of ['/livez', '/readyz', '/healthz', '/docs', '/docs/..', '/nothing']) {
      const { headers } = await get(path);
      const policy = path.startsWith('/docs') && path !== '/docs/..' ? DOCS_POLICY : undefined;
      for (const [name, value] of securityHeaders()) {
        const wanted = name === 'content-security-policy' ? (policy ?? headers[name]) : value;
        expect([path, name, headers[name]]).toEqual([path, name, wanted]);
      }
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    }
  });

  it('is kept by no cache', async () => {
    for (const path of ['/livez', '/readyz', '/healthz', '/nothing']) {
      expect((await get(path)).headers['cache-control']).toBe('no-store');
    }
  });

  it('may be read by a page of a listed origin', async () => {
    const { headers } = await get('/livez', { origin: PARTNER });
    expect(headers['access-control-allow-origin']).toBe(PARTNER);
    expect(headers.vary).toBe('origin');
    expect((await get('/livez', { origin: 'https://evil.test' })).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
  });
});

describe('the log of a gateway worker', () => {
  it('has no cookie and no token in it, whatever went wrong', async () => {
    const { cookie } = await signIn();
    await get('/cart', { cookie });
    await get('/healthz', { cookie });
    await auth.kill();
    const other = await signIn();
    expect(await get('/cart', { cookie: other.cookie })).toMatchObject({
      status: 503,
      body: { code: 'ERR_UPSTREAM_UNAVAILABLE' },
    });
    expect(await get('/healthz', { cookie: other.cookie })).toMatchObject({ status: 503 });
    const log = logged.join('');
    expect(log).toContain('a cookie cannot be swapped');
    for (const secret of [cookie, other.cookie]) expect(log).not.toContain(secret.slice(-40));
    expect(log).not.toMatch(/eyJ|Basic /);
    expect(log).not.toContain(environment.CLIENT_SECRET);
  });
});
