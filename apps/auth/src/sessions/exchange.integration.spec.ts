import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeJwt } from 'jose';
import { AuthServiceUnderTest } from '../testing/auth-service.js';
import { Browser } from '../testing/browser.js';

let service: AuthServiceUnderTest;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 9);
});
afterAll(() => service.stop());

const PATH = '/internal/sessions/exchange';

/** Somebody new, signed in with a browser. */
async function signedIn() {
  const person = await service.register();
  const browser = new Browser(service);
  const { email, password } = person;
  const { body } = await browser.call('POST', '/auth/login', {
    body: { email, password, transport: 'cookie' },
  });
  return { ...person, browser, cookie: browser.cookie ?? '', sessionId: String(body['sessionId']) };
}

describe(`POST ${PATH}`, () => {
  it('swaps a cookie for an access token of its session, on any instance', async () => {
    const { cookie, sessionId, id } = await signedIn();
    for (const n of [0, 1]) {
      const { status, body } = await service.exchange(cookie, n);
      expect(status).toBe(200);
      expect(body).toEqual({
        accessToken: expect.any(String),
        expiresAt: expect.any(String),
        sessionId,
        version: 1,
      });
      const claims = decodeJwt(String(body['accessToken']));
      expect(claims).toMatchObject({ sid: sessionId, sub: id, client_id: 'holdfast-web', acr: '1' });
      const earlyMs = (claims.exp ?? 0) * 1000 - Date.parse(String(body['expiresAt']));
      expect([0, 1000]).toContain(earlyMs);
    }
  });

  it('raises the version with a step-up; the cookie of before gets the token of before', async () => {
    const { browser, password, cookie: before } = await signedIn();
    await browser.call('POST', '/auth/step-up', { body: { password } });
    const [raised, former] = [await service.exchange(browser.cookie), await service.exchange(before, 1)];
    expect(raised).toMatchObject({ status: 200, body: { version: 2 } });
    expect(former).toMatchObject({ status: 200, body: { version: 2 } });
    expect(decodeJwt(String(raised.body['accessToken']))).toMatchObject({
      acr: '2',
      step_up_time: expect.any(Number),
    });
    const claims = decodeJwt(String(former.body['accessToken']));
    expect(claims).toMatchObject({ acr: '1' });
    expect(claims).not.toHaveProperty('step_up_time');
  });

  it('G15: says why a session is over', async () => {
    const { browser, cookie } = await signedIn();
    await browser.call('POST', '/auth/logout');
    const answer = await service.exchange(cookie, 1);
    expect(answer).toMatchObject({
      status: 401,
      body: { code: 'ERR_SESSION_ENDED', endedBecause: 'logout', endedAt: expect.any(String) },
    });
  });

  it('is for the gateway alone', async () => {
    const { cookie } = await signedIn();
    const { access_token: user } = await service.signIn(await service.register());
    const exchange = (token?: string) => service.call('POST', PATH, { body: { cookie }, token });
    expect(await exchange()).toMatchObject({ status: 401, body: { code: 'ERR_UNAUTHENTICATED' } });
    for (const token of [user, await service.serviceToken('user'), await service.serviceToken('order')]) {
      expect(await exchange(token)).toMatchObject({ status: 403, body: { code: 'ERR_FORBIDDEN' } });
    }
  });

  it('G16: refuses whatever is no cookie of ours, and any change to one that is', async () => {
    const { cookie } = await signedIn();
    const { refresh_token: refreshToken, sessionId } = await service.signIn(await service.register());
    const bytes = Buffer.from(cookie, 'base64url');
    const changed = fc
      .tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }))
      .map(([place, by]) => {
        const forged = Buffer.from(bytes);
        forged[place] = (forged[place] ?? 0) ^ by;
        return forged.toString('base64url');
      });
    const made = fc.oneof(
      changed,
      fc.string({ unit: 'binary', minLength: 1, maxLength: 2_048 }),
      fc.uint8Array({ minLength: 81, maxLength: 81 }).map((any) => Buffer.from(any).toString('base64url')),
      fc.constantFrom(refreshToken, sessionId, `${cookie}A`, cookie.slice(1), ` ${cookie}`, `${cookie}=`),
    );
    const property = fc.asyncProperty(made, async (forged) => {
      const { status, body } = await service.exchange(forged);
      expect({ status, code: body['code'] }).toEqual({ status: 401, code: 'ERR_UNAUTHENTICATED' });
    });
    await fc.assert(property, { numRuns: 300 });
    expect((await service.exchange(cookie)).status).toBe(200);
  });

  it('refuses a body that is none with its faults, and quotes nothing of it', async () => {
    const body = fc.oneof(
      fc.jsonValue().filter((value) => typeof value !== 'string' || value === ''),
      fc.string({ minLength: 2_049, maxLength: 2_100 }),
    );
    const property = fc.asyncProperty(body, async (cookie) => {
      const { status, body: problem } = await service.exchange(cookie);
      expect({ status, code: problem['code'] }).toEqual({ status: 400, code: 'ERR_VALIDATION' });
    });
    await fc.assert(property, { numRuns: 50 });
  });
});
