import { authRoutes, type RouteContract } from '@holdfast/contracts';
import { faultIn, oddRequests } from '@holdfast/service-testing/odd-requests';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eq } from 'drizzle-orm';
import { users } from './db/schema.js';
import { AuthServiceUnderTest } from './testing/auth-service.js';

let service: AuthServiceUnderTest;
beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 10, { CEILING_PER_ADDRESS: '0' });
});
afterAll(() => service.stop());

/** What parses JSON or a path; forms have a spec of their own. */
const routes = Object.values<RouteContract>(authRoutes).filter(
  ({ body, params, query }) =>
    body?.type === 'application/json' || params !== undefined || query !== undefined,
);

let token = '';
/** An administrator who has stepped up gets past every door, to the parser behind it; anew where a route has ended the session. */
async function administrator(): Promise<string> {
  if (token !== '' && (await service.call('GET', '/auth/session', { token })).status === 200) return token;
  const eve = await service.register();
  await service.database.orm
    .update(users)
    .set({ roles: ['user', 'admin'] })
    .where(eq(users.id, eve.id));
  token = (await service.stepUp(await service.signIn(eve), eve.password)).access_token;
  return token;
}

describe.each(routes)('$method $path', (contract) => {
  it('answers odd requests with what the contract names, or a refusal: never with a fault of ours', async () => {
    await administrator();
    await fc.assert(
      fc.asyncProperty(oddRequests(contract), async ({ target, call }) => {
        expect(
          faultIn(await service.call(contract.method, target, { ...call, token }), contract),
        ).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });
});
