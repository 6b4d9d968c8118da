import { LedgerUnavailableError, SessionUnknownError, StoreUnavailableError } from '@holdfast/session-core';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Public, Roles, StepUp } from './session.decorators.js';
import { SessionModule } from './session.module.js';
import { StandaloneParts } from './spec/standalone-parts.js';

let parts: StandaloneParts;
let app: NestFastifyApplication;
let thrown: Error;

@Controller()
class Routes {
  @Get('me') me() {
    return {};
  }

  @Roles('admin') @Get('admin') admin() {
    return {};
  }

  @StepUp() @Get('safe') safe() {
    return {};
  }

  @Public() @Get('thrown') fail() {
    throw thrown;
  }
}

beforeEach(async () => {
  parts = new StandaloneParts();
  const imports = [SessionModule.forRoot(parts)];
  @Module({ imports, controllers: [Routes] })
  class App {}
  app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
});
afterEach(() => app.close());

async function get(path: string, token?: string) {
  const headers = new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` });
  const response = await fetch(`${await app.getUrl()}${path}`, { headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe('SessionModule.forRoot', () => {
  it('lets a session in, and answers refusals as problem documents with their challenge', async () => {
    const { id, sign } = await parts.begin();
    expect((await get('/me', sign())).status).toBe(200);
    const none = await get('/me');
    expect(none.body).toMatchObject({ status: 401, code: 'ERR_UNAUTHENTICATED' });
    expect(none.headers.get('content-type')).toContain('application/problem+json');
    expect(none.headers.get('www-authenticate')).toContain('Bearer');
    expect((await get('/admin', sign())).body).toMatchObject({ status: 403, code: 'ERR_FORBIDDEN' });
    expect((await get('/safe', sign())).body).toMatchObject({ status: 403, code: 'ERR_STEP_UP_REQUIRED' });
    await parts.manager.revoke(id, 'logout');
    const ended = { status: 401, code: 'ERR_SESSION_ENDED', endedBecause: 'logout' };
    expect((await get('/me', sign())).body).toMatchObject(ended);
  });

  it('says 503 and when to repeat while the store is away, and tells nobody why', async () => {
    const { sign } = await parts.begin();
    parts.store.fail(new StoreUnavailableError('redis-7 is gone'));
    const away = await get('/me', sign());
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '1']);
    expect(away.body).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    expect(JSON.stringify(away.body)).not.toContain('redis-7');
  });

  it('answers what routes throw of sessions, and leaves everything else to others', async () => {
    thrown = new SessionUnknownError();
    expect((await get('/thrown')).body).toMatchObject({ status: 401, code: 'ERR_SESSION_ENDED' });
    thrown = new LedgerUnavailableError();
    expect((await get('/thrown')).body).toMatchObject({ status: 503, code: 'ERR_STORE_UNAVAILABLE' });
    thrown = new Error('a fault');
    expect((await get('/thrown')).status).toBe(500);
  });

  it('notes activity once in a minute, so that a session in use does not end', async () => {
    const { sign } = await parts.begin();
    for (let minute = 0; minute < 90; minute += 1) {
      parts.now += 60_000;
      expect((await get('/me', sign())).status).toBe(200);
      expect((await get('/me', sign())).status).toBe(200);
    }
    const touches = parts.store.calls.filter((name) => name === 'touch').length;
    expect(touches).toBeGreaterThanOrEqual(89);
    expect(touches).toBeLessThan(180);
  });

  it('closes the store at shutdown', async () => {
    await app.close();
    expect(parts.closed).toBe(1);
  });
});
