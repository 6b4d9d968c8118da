import { Controller, Get } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ActiveSession } from './active-session.js';
import { CurrentSession, OptionalSession, Public, Roles } from './session.decorators.js';
import { startSessionApp, type SessionApp } from './spec/session-app.js';

@Controller()
class Routes {
  @Get('me')
  me(@CurrentSession() { userId }: ActiveSession) {
    return { userId };
  }

  @Roles('user')
  @Get('desk')
  desk() {
    return { desk: true };
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
}

let app: SessionApp;
beforeAll(async () => {
  app = await startSessionApp([Routes]);
});
afterAll(() => app.close());

const ambiguous = { code: 'ERR_AMBIGUOUS_CREDENTIALS' };
const get = async (path: string, headers: Record<string, string>) => {
  const response = await fetch(`${app.url}${path}`, { headers });
  return { status: response.status, body: await response.json() };
};

describe('a bearer token and a session cookie in one request', () => {
  it.each(['/me', '/desk'])('are refused on %s before the store is asked', async (path) => {
    const { token } = await app.begin();
    const before = app.store.calls.length;
    const answer = await get(path, { authorization: `Bearer ${token}`, cookie: '__Host-session=x' });
    expect(answer).toMatchObject({ status: 400, body: ambiguous });
    expect(app.store.calls).toHaveLength(before);
  });

  it.each(['a=b; __Host-session=x', 'a=b;__Host-session=x; c=d', '__Host-session=', ' __Host-session = "x"'])(
    'are refused wherever the cookie stands: %j',
    async (cookie) => {
      const { token } = await app.begin();
      expect(await get('/me', { authorization: `Bearer ${token}`, cookie })).toMatchObject({ status: 400 });
    },
  );

  it('are refused whatever the token is worth', async () => {
    for (const authorization of ['Bearer nonsense', 'Bearer ', 'bearer x y'])
      expect(await get('/me', { authorization, cookie: '__Host-session=x' })).toMatchObject({
        status: 400,
        body: ambiguous,
      });
  });

  it.each(['/open', '/maybe'])('are ignored on the public %s', async (path) => {
    const { token } = await app.begin();
    const answer = await get(path, { authorization: `Bearer ${token}`, cookie: '__Host-session=x' });
    expect(answer).toMatchObject({ status: 200, body: path === '/open' ? { open: true } : { userId: null } });
  });
});

describe('a bearer token', () => {
  it.each(['a=b', 'session=x', 'x__Host-session=x', 'a=__Host-session', '__Host-sessions=x'])(
    'is taken beside the cookie %j, which is no session',
    async (cookie) => {
      const { token } = await app.begin();
      expect(await get('/me', { authorization: `Bearer ${token}`, cookie })).toMatchObject({ status: 200 });
    },
  );
});

describe('a session cookie', () => {
  it.each([undefined, 'Basic dTpw'])(
    'beside the authorization %j is no second credential',
    async (authorization) => {
      const headers = { cookie: '__Host-session=x', ...(authorization && { authorization }) };
      expect(await get('/me', headers)).toMatchObject({ status: 401, body: { code: 'ERR_UNAUTHENTICATED' } });
    },
  );
});
