import { describe, expect, it } from '@jest/globals';
import { Device } from '@holdfast/fleet-client';
import { direct, gateway, processes } from './fleet.js';

describe('refreshing', () => {
  it('G11: gives parallel and repeated refreshes on all instances one and the same successor', async () => {
    const device = await Device.ofNewUser(await gateway());
    const instances = (await processes('auth')).map((instance) => device.at(direct(instance)));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (instances[n % instances.length] ?? device).presentRefresh()),
    );
    answers.push(await device.presentRefresh());
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 21 }, () => 200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    expect((await device.call('GET', '/auth/session')).status).toBe(200);
  });

  it('G11: ends the session when a token older than the previous one is presented', async () => {
    const device = await Device.ofNewUser(await gateway());
    const stolen = device.tokens.refresh_token;
    await device.refresh();
    await device.refresh();
    const replay = await device.presentRefresh(stolen);
    expect(replay).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const owner = await device.call('GET', '/users/me');
    expect(owner).toMatchObject({
      status: 401,
      body: { code: 'ERR_SESSION_ENDED', endedBecause: 'token-reuse' },
    });
  });

  it('answers in the way of RFC 6749: no-store, and errors with an error member', async () => {
    const api = await gateway();
    const device = await Device.ofNewUser(api);
    const good = await device.presentRefresh();
    expect(good.headers.get('cache-control')).toBe('no-store');
    expect(good.body).toMatchObject({ token_type: 'Bearer', expires_in: 300 });
    const form = { grant_type: 'password', client_id: 'holdfast-cli' };
    const bad = await api.call('POST', '/oauth/token', { form });
    expect(bad).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } });
  });
});
