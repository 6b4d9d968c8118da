import { authRoutes, type RouteContract } from '@holdfast/contracts';
import { CALLERS, verdictIn, verdictOf, type Caller } from '@holdfast/service-testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { users } from './db/schema.js';
import { AuthServiceUnderTest } from './testing/auth-service.js';

let service: AuthServiceUnderTest;
beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 10, { CEILING_PER_ADDRESS: '0' });
});
afterAll(() => service.stop());

/** Tokens that are sent in forms and by Basic are other specs’ business. */
const routes = Object.values<RouteContract>(authRoutes).filter(({ path }) => !path.startsWith('/oauth/'));

async function tokenOf(caller: Caller): Promise<string | undefined> {
  if (caller === 'nobody') return undefined;
  if (caller === 'service') return service.serviceToken('user');
  if (caller === 'scraper') return service.serviceToken('prometheus');
  if (caller.includes('guest')) {
    return String((await service.call('POST', '/auth/guest')).body['access_token']);
  }
  const ada = await service.register();
  await service.database.orm
    .update(users)
    .set({ roles: [...caller] })
    .where(eq(users.id, ada.id));
  return (await service.signIn(ada)).access_token;
}

/** Whether somebody is signed in with it, in a session that no route has ended. */
const isLive = async (token: string) =>
  (await service.call('GET', '/auth/session', { token })).status === 200;

describe.each([...CALLERS])('%s', (_who, caller) => {
  const isSession = typeof caller !== 'string';
  let token: string | undefined;
  // Anew where the route before has ended the session.
  beforeEach(async () => {
    if (caller === 'nobody') return;
    while (token === undefined || (isSession && !(await isLive(token)))) token = await tokenOf(caller);
  });

  it.each(routes)('is met by $method $path as the permissions say', async (contract) => {
    const url = contract.path.replaceAll(/:\w+/g, 'nobody');
    const answer = await service.call(contract.method, url, token === undefined ? {} : { token });
    expect(verdictIn(answer)).toBe(verdictOf(contract, caller));
  });
});
