import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Device } from '@holdfast/fleet-client';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { Administrator } from './administrators.js';
import { direct, eventually, fleet, gateway, processes, SIGNED_IN_ROUTES } from './fleet.js';

/** What was refused while `during` went on: new tokens from both issuers, shown to every service and to an independent verifier. */
async function refusals(during: () => Promise<void>): Promise<unknown[]> {
  const api = await gateway();
  const { url } = (await fleet()).gateway;
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', url));
  const device = await Device.ofNewUser(api);
  const issuers = (await processes('auth')).map(direct);
  const refused: unknown[] = [];
  const kids = new Set<string | undefined>();
  let over = false;
  const load = async () => {
    for (let n = 0; !over; n += 1) {
      const issued = await device.at(issuers[n % issuers.length] ?? api).presentRefresh();
      const token = issued.body.access_token;
      kids.add(decodeProtectedHeader(token).kid);
      await jwtVerify(token, keys, { issuer: url, audience: 'holdfast' }).catch((error: unknown) =>
        refused.push(error),
      );
      for (const { path } of SIGNED_IN_ROUTES) {
        const status = await answered(async () => (await api.call('GET', path, { token })).status);
        if (status !== 200) refused.push([path, status]);
      }
      await device.refresh();
      await sleep(100);
    }
  };
  const loading = load();
  try {
    await during();
    // Some rounds with the new key.
    await eventually(async () => (kids.size > 1 || refused.length > 0 ? true : undefined), 90_000);
    await sleep(1_000);
  } finally {
    over = true;
    await loading;
  }
  expect(kids.size).toBe(2);
  return refused;
}

/** A machine that is busy may say 503, that one is to come back; what is said for good is none. */
async function answered(ask: () => Promise<number>): Promise<number> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const status = await ask();
    if (status !== 503 || Date.now() > deadline) return status;
    await sleep(100);
  }
}

describe('rotating the signing key', () => {
  it('G12: refuses no token, neither at our services nor at an independent verifier', async () => {
    const admin = await Administrator.signIn();
    const refused = await refusals(async () => {
      const answer = await admin.call('POST', '/platform/keys/rotate');
      expect(answer.status).toBe(202);
      // Well within the lead: each instance reads the keys again by itself.
      for (const process of await processes('auth')) {
        const published = await eventually(async () => {
          const { body } = await direct(process).call<{ keys: { kid: string }[] }>(
            'GET',
            '/.well-known/jwks.json',
          );
          const kids = body.keys.map(({ kid }) => kid);
          return kids.includes(String(answer.body['kid'])) ? kids : undefined;
        }, 20_000);
        expect(published.length).toBeGreaterThanOrEqual(2);
      }
    });
    expect(refused).toEqual([]);
  });
});
