import type { SignedIn } from '@holdfast/service-testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { signIn, startUserFleet, type UserFleet } from '../testing/user-fleet.js';
import { preferencesNamespace } from './preferences-namespace.js';

let fleet: UserFleet;
let ada: SignedIn;

beforeAll(async () => {
  fleet = await startUserFleet(2, process.env);
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  ada = await signIn(fleet);
});

const prefer = (body: unknown, at = 0) => ada.call('PUT', '/users/me/preferences', { body, at });
const kept = async () => (await ada.sessions.namespace(preferencesNamespace).read(ada.sessionId)).value;

describe('preferences', () => {
  it('are merged into the session, where every service reads them', async () => {
    expect((await prefer({ currency: 'CHF' })).body).toEqual({ currency: 'CHF' });
    expect((await prefer({ locale: 'it-ch', theme: 'dark' }, 1)).body).toEqual({
      currency: 'CHF',
      locale: 'it-CH',
      theme: 'dark',
    });
    expect((await prefer({})).body).toEqual({ currency: 'CHF', locale: 'it-CH', theme: 'dark' });
    expect(await kept()).toEqual({ currency: 'CHF', locale: 'it-CH', theme: 'dark' });
  });

  it('belong to one session, not to the user', async () => {
    await prefer({ theme: 'dark' });
    const phone = await signIn(fleet, { userId: ada.userId });
    expect((await phone.call('PUT', '/users/me/preferences', { body: {} })).body).toEqual({});
  });

  it('G10: are not lost when they are written in parallel on several instances', async () => {
    const changes = [{ theme: 'light' }, { locale: 'fr-FR' }, { currency: 'EUR' }];
    await Promise.all(Array.from({ length: 30 }, (_, n) => prefer(changes[n % 3], n)));
    expect(await kept()).toEqual({ theme: 'light', locale: 'fr-FR', currency: 'EUR' });
  });

  it.each([
    [{ theme: 'pink' }, 'theme'],
    [{ locale: 'de_CH' }, 'locale'],
    [{ locale: 7 }, 'locale'],
    [{ currency: 'chf' }, 'currency'],
    [{ currency: 'ZZZ' }, 'currency'],
    [{ currency: null }, 'currency'],
  ])('refuse %p and name it', async (body, path) => {
    const answer = await prefer(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
    expect(answer.body['errors']).toContainEqual({ path, message: expect.any(String) });
    expect(await kept()).toBeUndefined();
  });

  it.each([[{ colour: 'red' }], [[]], ['null'], ['{'], [undefined]])('refuse the body %p', async (body) => {
    expect(await prefer(body)).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
  });

  it('need a live session, and end with it', async () => {
    expect((await fleet.call('PUT', '/users/me/preferences', { body: {} })).status).toBe(401);
    await prefer({ theme: 'dark' });
    await ada.sessions.revoke(ada.sessionId, 'revoked');
    expect(await prefer({ theme: 'light' }, 1)).toMatchObject({
      status: 401,
      body: { endedBecause: 'revoked' },
    });
  });
});
