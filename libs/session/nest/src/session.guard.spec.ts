import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailableError } from '@holdfast/session-core';
import { Controller, Get } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ActiveSession } from './active-session.js';
import { KeysUnavailableError } from './errors.js';
import {
  ClientScope,
  CurrentSession,
  Internal,
  OptionalSession,
  Public,
  Roles,
} from './session.decorators.js';
import { startSessionApp, type SessionApp } from './spec/session-app.js';

@Controller()
class Routes {
  @Get('me')
  me(@CurrentSession() session: ActiveSession) {
    return session;
  }

  @Public()
  @Get('open')
  open() {
    return { open: true };
  }

  @Public()
  @Get('maybe')
  maybe(@OptionalSession() session: ActiveSession | undefined) {
    return { userId: session?.userId ?? null };
  }

  @Roles('admin', 'auditor')
  @Get('admin')
  admin() {
    return { admin: true };
  }

  @Roles('admin')
  @ClientScope('metrics:read')
  @Get('counts')
  counts() {
    return { counts: true };
  }

  @Internal('auth')
  @Get('internal')
  internal() {
    return { internal: true };
  }
}

@Public()
@Controller('shop')
class Shop {
  @Get('window')
  look(@OptionalSession() session: ActiveSession | undefined) {
    return { userId: session?.userId ?? null };
  }

  @Get('door')
  enter() {
    return { open: true };
  }

  @Roles('admin')
  @Get('till')
  till() {
    return { till: true };
  }
}

@Roles('admin')
@Controller('office')
class Office {
  @Get('desk')
  desk() {
    return { desk: true };
  }

  @Public()
  @Get('lobby')
  lobby() {
    return { open: true };
  }
}

let app: SessionApp;
beforeAll(async () => {
  app = await startSessionApp([Routes, Shop, Office]);
});
afterAll(() => app.close());
beforeEach(() => app.store.fail(undefined));

const UNAUTHENTICATED = { status: 401, body: { code: 'ERR_UNAUTHENTICATED' } };
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const forged = () => app.mint.sign(app.mint.userClaims('u1', 's1'), {}, app.mint.foreignKey());

describe('a route that says nothing', () => {
  it('lets a live session in and names the caller', async () => {
    const { id, token } = await app.begin();
    const { status, body } = await app.get('/me', token);
    expect(status).toBe(200);
    expect(body).toMatchObject({ sessionId: id, userId: 'u1', roles: ['user'], acr: 1 });
    const says = [
      'acr',
      'authTimeAt',
      'clientId',
      'createdAt',
      'epoch',
      'expiresAt',
      'isGuest',
      'rememberMe',
    ];
    expect(Object.keys(body).sort()).toEqual([...says, 'activity', 'roles', 'sessionId', 'userId'].sort());
  });

  it('asks for a token where there is none, by RFC 6750', async () => {
    expect(await app.get('/me')).toMatchObject({ ...UNAUTHENTICATED, challenge: 'Bearer realm="holdfast"' });
  });

  it('says that a token is bad, by RFC 6750', async () => {
    const challenge = 'Bearer realm="holdfast", error="invalid_token"';
    expect(await app.get('/me', forged())).toMatchObject({ ...UNAUTHENTICATED, challenge });
  });

  it('G15: says why and when a session ended', async () => {
    const { id, token } = await app.begin();
    await app.manager.revoke(id, 'password-changed');
    const { status, body, challenge } = await app.get('/me', token);
    expect([status, challenge]).toEqual([
      401,
      'Bearer realm="holdfast", error="invalid_token", error_description="The session ended: password-changed"',
    ]);
    expect(body).toMatchObject({ code: 'ERR_SESSION_ENDED', endedBecause: 'password-changed' });
    expect(Date.parse(String(body.endedAt))).toBeGreaterThan(Date.now() - 5_000);
  });

  it('says that a session is over even when nobody remembers why', async () => {
    const token = app.mint.sign(app.mint.userClaims('u1', 'no-session-of-ours'));
    const { status, body, challenge } = await app.get('/me', token);
    expect([status, body.code, body.endedBecause]).toEqual([401, 'ERR_SESSION_ENDED', undefined]);
    expect(challenge).toContain('error_description="The session ended"');
  });

  it('answers 503 and never 401 while the store is away', async () => {
    const { token } = await app.begin();
    app.store.fail(new StoreUnavailableError());
    expect(await app.get('/me', token)).toMatchObject({
      status: 503,
      body: { code: 'ERR_STORE_UNAVAILABLE' },
    });
  });

  it('refuses a token that names another user than its session', async () => {
    const { id } = await app.begin();
    expect(await app.get('/me', app.mint.sign(app.mint.userClaims('u2', id)))).toMatchObject(UNAUTHENTICATED);
  });

  it('counts the lesser of token and record', async () => {
    const { id } = await app.begin({ roles: ['user', 'admin'], acr: 1 });
    const record = await app.manager.resolve(id);
    const authTimeAt = record.state === 'live' ? record.record.authTimeAt : 0;
    const later = { roles: ['admin', 'root'], acr: '2', auth_time: Math.floor(authTimeAt / 1000) + 100 };
    const { body } = await app.get('/me', app.mint.sign(app.mint.userClaims('u1', id, later)));
    expect(body).toMatchObject({ roles: ['admin'], acr: 1, authTimeAt });
  });

  it('lets a guest in as what it is', async () => {
    const { token } = await app.begin({ roles: ['guest'], acr: 0 });
    const { status, body } = await app.get('/me', token);
    expect([status, body]).toEqual([200, expect.objectContaining({ roles: ['guest'], acr: 0 })]);
  });

  it('refuses a service token', async () => {
    const { status, body } = await app.get('/me', app.mint.sign(app.mint.serviceClaims('auth')));
    expect([status, body.code]).toEqual([403, 'ERR_FORBIDDEN']);
  });
});

describe('G16: a forged, confused or foreign token is refused before the store is asked', () => {
  const requests: Readonly<Record<string, () => { path?: string; headers: Record<string, string> }>> = {
    'a foreign signature': () => bearer(forged()),
    'no signature (alg none)': () =>
      bearer(app.mint.raw(app.mint.userClaims('u1', 's1'), { alg: 'none' }, () => '')),
    'an unknown key': () => bearer(app.mint.sign(app.mint.userClaims('u1', 's1'), { kid: 'x' })),
    'a foreign issuer': () =>
      bearer(app.mint.sign(app.mint.userClaims('u1', 's1', { iss: 'http://x.test' }))),
    'a foreign audience': () => bearer(app.mint.sign(app.mint.userClaims('u1', 's1', { aud: 'x' }))),
    'the type of an id token': () => bearer(app.mint.sign(app.mint.userClaims('u1', 's1'), { typ: 'JWT' })),
    'an expiry that is over': () =>
      bearer(app.mint.sign(app.mint.userClaims('u1', 's1', { exp: 1_000_000_000 }))),
    'half a token': () => bearer(forged().slice(0, 40)),
    'no token': () => ({ headers: { authorization: 'Bearer' } }),
    'an empty token': () => ({ headers: { authorization: 'Bearer ' } }),
    'two tokens in one header': () => ({
      headers: { authorization: `Bearer ${forged()}, Bearer ${forged()}` },
    }),
    'a token in the query': () => ({ path: `/me?access_token=${forged()}`, headers: {} }),
    'another scheme': () => ({ headers: { authorization: 'Basic dTpw' } }),
    'a scheme that only begins like it': () => ({ headers: { authorization: `Bearerx ${forged()}` } }),
    'a genuine token with a made-up session id': () =>
      bearer(app.mint.sign(app.mint.userClaims('u1', 'A'.repeat(60)))),
  };

  it.each(Object.entries(requests))('G16: %s', async (_name, request) => {
    const before = app.store.calls.length;
    const { path = '/me', headers } = request();
    const response = await fetch(`${app.url}${path}`, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="holdfast"/);
    expect(app.store.calls).toHaveLength(before);
  });

  it('G16: two Authorization headers, although the first is good', async () => {
    const { token } = await app.begin();
    const before = app.store.calls.length;
    const { port, hostname } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    const header = `authorization: Bearer ${token}\r\n`;
    socket.end(`GET /me HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${header}${header}\r\n`);
    const answer = (await socket.setEncoding('utf8').toArray()).join('');
    expect(answer).toMatch(/^HTTP\/1.1 401/);
    expect(answer).toContain('error="invalid_request"');
    expect(app.store.calls).toHaveLength(before);
  });

  it('G16: a genuine token in the query beside a genuine header', async () => {
    const { token } = await app.begin();
    const before = app.store.calls.length;
    const response = await fetch(`${app.url}/me?access%5Ftoken=${token}`, bearer(token));
    expect(response.status).toBe(401);
    expect(app.store.calls).toHaveLength(before);
  });

  it('asks the store once for a good one, in whatever case the scheme is written', async () => {
    const { token } = await app.begin();
    const before = app.store.calls.length;
    const response = await fetch(`${app.url}/me`, { headers: { authorization: `bEARER ${token}` } });
    expect(response.status).toBe(200);
    expect(app.store.calls.slice(before)).toEqual(['read']);
  });
});

describe('@Public()', () => {
  it.each(['/open', '/maybe', '/shop/door', '/shop/window'])(
    '%s ignores a bad, an ended and no credential',
    async (path) => {
      const ended = await app.begin();
      await app.manager.revoke(ended.id, 'logout');
      for (const token of [undefined, forged(), ended.token, app.mint.sign(app.mint.serviceClaims('auth'))]) {
        expect((await app.get(path, token)).status).toBe(200);
      }
    },
  );

  it.each(['/open', '/shop/door'])('%s never asks the store', async (path) => {
    const { token } = await app.begin();
    const before = app.store.calls.length;
    expect((await app.get(path, token)).status).toBe(200);
    expect(app.store.calls).toHaveLength(before);
  });

  it.each(['/maybe', '/shop/window'])('%s sees a live session', async (path) => {
    expect((await app.get(path, (await app.begin({ userId: 'u7' })).token)).body).toEqual({ userId: 'u7' });
  });

  it('serves without a session while the store is away', async () => {
    const { token } = await app.begin();
    app.store.fail(new StoreUnavailableError());
    expect(await app.get('/maybe', token)).toMatchObject({ status: 200, body: { userId: null } });
  });

  it('on a controller does not open a method with roles of its own', async () => {
    expect((await app.get('/shop/till')).status).toBe(401);
    expect((await app.get('/shop/till', (await app.begin()).token)).status).toBe(403);
    expect((await app.get('/shop/till', (await app.begin({ roles: ['admin'] })).token)).status).toBe(200);
  });
});

describe('@Roles()', () => {
  it('wants one of its roles', async () => {
    const { token } = await app.begin({ roles: ['user'] });
    const refusal = await app.get('/admin', token);
    expect([refusal.status, refusal.body.code]).toEqual([403, 'ERR_FORBIDDEN']);
    expect(refusal.challenge).toContain('error="insufficient_scope"');
    expect((await app.get('/admin', (await app.begin({ roles: ['auditor'] })).token)).status).toBe(200);
    expect((await app.get('/admin')).status).toBe(401);
  });

  it('takes a role away at once with the record, and gives none before a new token', async () => {
    const { id } = await app.begin({ roles: ['user'] });
    const promoted = app.mint.sign(app.mint.userClaims('u1', id, { roles: ['user', 'admin'] }));
    expect((await app.get('/admin', promoted)).status).toBe(403);
  });
});

describe('access decorators', () => {
  it('on a method count before those on its controller', async () => {
    expect((await app.get('/office/desk', (await app.begin()).token)).status).toBe(403);
    expect((await app.get('/office/lobby')).status).toBe(200);
  });

  it('contradict each other on one target', () => {
    expect(() => {
      class Torn {
        @Public()
        @Roles('admin')
        both() {
          return {};
        }
      }
      return Torn;
    }).toThrow(TypeError);
  });
});

describe('@Internal()', () => {
  it('is for the services it names, whatever roles a user has', async () => {
    const { token } = await app.begin({ roles: ['admin'] });
    expect((await app.get('/internal', app.mint.sign(app.mint.serviceClaims('auth')))).status).toBe(200);
    expect((await app.get('/internal', app.mint.sign(app.mint.serviceClaims('order')))).status).toBe(403);
    expect((await app.get('/internal', token)).status).toBe(403);
    expect((await app.get('/internal', forged())).status).toBe(401);
    expect((await app.get('/internal')).status).toBe(401);
  });
});

describe('@ClientScope()', () => {
  const client = (scope: string) => app.mint.sign(app.mint.serviceClaims('scraper', { scope }));

  it('is for programs of its scope, beside those whom the route is for anyway', async () => {
    expect((await app.get('/counts', client('metrics:read'))).status).toBe(200);
    expect((await app.get('/counts', (await app.begin({ roles: ['admin'] })).token)).status).toBe(200);
    expect((await app.get('/counts', (await app.begin()).token)).status).toBe(403);
    expect((await app.get('/counts')).status).toBe(401);
  });

  it('is not for services, and not for another scope or several', async () => {
    expect((await app.get('/counts', app.mint.sign(app.mint.serviceClaims('auth')))).status).toBe(403);
    expect((await app.get('/counts', client('metrics'))).status).toBe(403);
    expect((await app.get('/counts', client('metrics:read internal'))).status).toBe(401);
    const torn = { ...app.mint.userClaims('u1', (await app.begin()).id), scope: 'metrics:read' };
    expect((await app.get('/counts', app.mint.sign(torn))).status).toBe(401);
  });

  it('opens nothing else', async () => {
    for (const path of ['/me', '/admin', '/internal', '/office/desk'])
      expect(await app.get(path, client('metrics:read'))).toMatchObject({
        status: 403,
        body: { code: 'ERR_FORBIDDEN' },
      });
    const own = app.mint.sign(app.mint.serviceClaims('auth', { scope: 'metrics:read' }));
    expect((await app.get('/internal', own)).status).toBe(403);
  });
});

describe('without keys', () => {
  it('answers 503 and never 401, and leaves public routes alone', async () => {
    const keys = { getKey: async () => Promise.reject(new KeysUnavailableError()) };
    const blind = await startSessionApp([Routes], { keys });
    const { token } = await blind.begin();
    expect(await blind.get('/me', token)).toMatchObject({
      status: 503,
      body: { code: 'ERR_UPSTREAM_UNAVAILABLE' },
    });
    expect((await blind.get('/maybe', token)).status).toBe(200);
    await blind.close();
    await sleep(0);
  });
});
