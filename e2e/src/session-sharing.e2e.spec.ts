import { describe, expect, it } from '@jest/globals';
import { type ApiClient, Device, register } from '@holdfast/fleet-client';
import { direct, eventually, gateway, over, processes, SIGNED_IN_ROUTES } from './fleet.js';

async function everywhere(device: Device): Promise<{ at: string; status: number; code: unknown }[]> {
  const answers = [];
  for (const { service, path } of SIGNED_IN_ROUTES) {
    for (const instance of await processes(service)) {
      const { status, body } = await device.at(direct(instance)).call('GET', path);
      answers.push({ at: instance.id, status, code: body['code'] });
    }
  }
  return answers;
}

describe('a session shared by the fleet', () => {
  it('G1: is valid on every instance of every service as soon as one has begun it', async () => {
    const credentials = await register(await gateway());
    for (const auth of await processes('auth')) {
      const answers = await everywhere(await Device.signIn(direct(auth), credentials));
      expect(answers).toHaveLength(6);
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    }
  });

  it('G9: is refused by every instance of every service as soon as one has ended it', async () => {
    const api = await gateway();
    const credentials = await register(api);
    for (const auth of await processes('auth')) {
      const device = await Device.signIn(api, credentials);
      await everywhere(device);
      const receipt = await device.at(direct(auth)).call('POST', '/auth/logout');
      expect(receipt).toMatchObject({ status: 200, body: { revoked: 1 } });
      await over(receipt);
      const answers = await everywhere(device);
      expect(answers.filter(({ code }) => code !== 'ERR_SESSION_ENDED')).toEqual([]);
    }
  });

  it('G8: has been heard of by each process that verifies when its end answers', async () => {
    const all = await Promise.all((['auth', 'user', 'order', 'gateway'] as const).map(processes));
    const alive = all.flat().length;
    const credentials = await register(await gateway());
    for (const auth of await processes('auth')) {
      // A receipt that somebody was late for says so, and is no proof: a busy machine is asked for another one.
      const device = await eventually(async () => {
        const ending = await Device.signIn(direct(auth), credentials);
        await everywhere(ending);
        const { status, body } = await ending.at(direct(auth)).call('POST', '/auth/logout-everywhere');
        const isComplete = body['acknowledgedBy'] === alive;
        expect(status).toBe(200);
        expect(body).toMatchObject({ revoked: 1, instances: alive, boundMs: isComplete ? 0 : 60_000 });
        return isComplete && body['durable'] === true ? ending : undefined;
      });
      expect(await everywhere(device)).not.toContainEqual(expect.objectContaining({ status: 200 }));
    }
  });

  it('G9: stays ended whatever is in flight: refreshes, writes and reads race a logout', async () => {
    const api = await gateway();
    const device = await Device.ofNewUser(api);
    const racers = Array.from({ length: 10 }, (_, n) =>
      Promise.all([
        device.presentRefresh(),
        device.call('PUT', '/users/me/preferences', { body: { locale: 'fr-FR' } }),
        n === 4 ? device.call('POST', '/auth/logout') : device.call('GET', '/cart'),
      ]),
    );
    const answers = await Promise.all(racers);
    const refreshed = answers.map(([refresh]) => refresh.body);
    await over(answers[4]?.[2] ?? { body: {} });
    expect(await everywhere(device)).not.toContainEqual(expect.objectContaining({ status: 200 }));
    // Whatever a racer was given before the end is worth nothing after it: the first token counts as one of them.
    const given = [device.tokens, ...refreshed.filter(({ access_token: token }) => token !== undefined)];
    for (const { refresh_token: refreshToken, access_token: token } of given) {
      const after = await device.presentRefresh(refreshToken);
      expect(after).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      const { status, body } = await api.call('GET', '/cart', { token });
      expect({ status, code: body['code'] }).toEqual({ status: 401, code: 'ERR_SESSION_ENDED' });
    }
  });

  it('G10: loses no write of several services on several instances', async () => {
    const api = await gateway();
    const device = await Device.ofNewUser(api);
    const [product] = (await api.call<{ products: { id: string }[] }>('GET', '/products')).body.products;
    const orders = (await processes('order')).map(direct);
    const users = (await processes('user')).map(direct);
    const at = (clients: ApiClient[], n: number) => device.at(clients[n % clients.length] ?? api);
    const writes = Array.from({ length: 60 }, (_, n) =>
      n % 6 === 5
        ? at(users, n).call('PUT', '/users/me/preferences', { body: { theme: 'dark' } })
        : at(orders, n).call('POST', `/cart/items/${product?.id}/add`, { body: { by: 1 } }),
    );
    const answers = await Promise.all(writes);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const cart = await device.call('GET', '/cart');
    expect(cart.body).toMatchObject({ items: [{ productId: product?.id, quantity: 50 }] });
  });
});
