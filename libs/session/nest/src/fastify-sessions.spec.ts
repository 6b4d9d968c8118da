import { readFileSync } from 'node:fs';
import { StoreUnavailableError } from '@holdfast/session-core';
import { fastify, type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { answerSessionError, installSessions, sessionOf } from './fastify.js';
import { StandaloneParts } from './spec/standalone-parts.js';

const MINUTE_MS = 60_000;
let parts: StandaloneParts;
let app: FastifyInstance;
let url: string;

beforeEach(async () => {
  parts = new StandaloneParts();
  app = fastify();
  installSessions(app, parts);
  app.get('/me', async (request) => ({ userId: sessionOf(request).userId }));
  app.get('/open', { config: { sessionAccess: 'public' } }, async ({ session }) => ({
    known: session !== undefined,
  }));
  app.get('/either', { config: { sessionAccess: 'optional' } }, async ({ session }) => ({
    known: session !== undefined,
  }));
  app.get('/forgotten', { config: { sessionAccess: 'public' } }, async (request) => sessionOf(request));
  app.get('/admin', { config: { sessionRoles: ['admin'] } }, async () => ({}));
  app.get('/safe', { config: { sessionStepUpMs: 300_000 } }, async () => ({}));
  app.setErrorHandler((error, _request, reply) => {
    if (!answerSessionError(error, reply)) void reply.code(500).send({ code: 'ERR_INTERNAL' });
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => app.close());

async function signIn(roles?: readonly string[]) {
  const { id: sessionId, sign } = await parts.begin(roles);
  return { sessionId, token: sign() };
}

async function get(path: string, token?: string) {
  const headers = new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` });
  const answer = await fetch(url + path, { headers });
  const body = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, body, headers: answer.headers };
}

describe('sessions on Fastify without Nest', () => {
  it('lets in who has a live session, and nobody else', async () => {
    const { token, sessionId } = await signIn();
    expect(await get('/me', token)).toMatchObject({ status: 200, body: { userId: 'u1' } });
    const refused = { status: 401, body: { code: 'ERR_UNAUTHENTICATED' } };
    const nobody = await get('/me');
    expect(nobody).toMatchObject(refused);
    expect(nobody.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(nobody.headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
    expect(await get('/me', `${token.slice(0, -4)}AAAA`)).toMatchObject(refused);
    await parts.manager.revoke(sessionId, 'logout');
    const ended = { status: 401, body: { code: 'ERR_SESSION_ENDED', endedBecause: 'logout' } };
    expect(await get('/me', token)).toMatchObject(ended);
  });

  it('looks at no credential on a public route, and forgives on an optional one', async () => {
    const { token } = await signIn();
    expect(await get('/open', token)).toMatchObject({ status: 200, body: { known: false } });
    expect(await get('/either', token)).toMatchObject({ status: 200, body: { known: true } });
    expect(await get('/either', 'garbage')).toMatchObject({ status: 200, body: { known: false } });
    expect(await get('/forgotten')).toMatchObject({ status: 401, body: { code: 'ERR_UNAUTHENTICATED' } });
  });

  it('asks for a role, and for a step-up, where a route says so', async () => {
    const user = await signIn();
    const admin = await signIn(['admin']);
    expect(await get('/admin', user.token)).toMatchObject({ status: 403, body: { code: 'ERR_FORBIDDEN' } });
    expect(await get('/admin', admin.token)).toMatchObject({ status: 200 });
    expect(await get('/safe', admin.token)).toMatchObject({
      status: 403,
      body: { code: 'ERR_STEP_UP_REQUIRED' },
    });
  });

  it('knows of no route what it would have wanted', async () => {
    expect((await get('/nowhere')).status).toBe(404);
  });

  it('answers 503, never 401, while the store is away', async () => {
    const { token } = await signIn();
    parts.store.fail(new StoreUnavailableError('away'));
    const away = await get('/me', token);
    expect(away).toMatchObject({ status: 503, body: { code: 'ERR_STORE_UNAVAILABLE' } });
    expect(away.headers.get('retry-after')).toBe('1');
  });

  it('notes activity, and closes the store with the application', async () => {
    const { token, sessionId } = await signIn();
    parts.now += 2 * MINUTE_MS;
    await get('/me', token);
    const found = await parts.manager.resolve(sessionId);
    expect(found).toMatchObject({ state: 'live', lastSeenAt: parts.now });
    await app.close();
    expect(parts.closed).toBe(1);
  });

  it('loads nothing of Nest', () => {
    const seen = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const source = readFileSync(new URL(file, import.meta.url), 'utf8');
      const loaded = source.matchAll(/^(?:import|export)(?! type )[^;]*? from '([^']+)';/gms);
      for (const [, from = ''] of loaded) {
        expect(from).not.toMatch(/^@nestjs|^reflect-metadata|^rxjs/);
        if (from.startsWith('./')) visit(from.replace(/\.js$/, '.ts'));
      }
    };
    visit('./fastify.ts');
    expect(seen.size).toBeGreaterThan(8);
  });
});
