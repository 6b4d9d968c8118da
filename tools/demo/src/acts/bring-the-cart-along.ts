import { Browser, expectStatus, type Credentials, type FleetProcess } from '@holdfast/fleet-client';
import { anyProduct, quantityOf, type Cart } from '../cart.js';
import type { Act, Stage } from '../stage.js';

const THINGS = 3;

/** A guest's cart survives the instance that wrote it, and the sign-in; who holds the guest's old cookie is told why it is over. */
export function bringTheCartAlong(credentials: Credentials): Act {
  return {
    title: 'Fill a cart as a guest in a browser, kill -9 the instance that wrote it, sign in there',
    async play(stage) {
      const browser = await Browser.guest(stage.gateway);
      const old = new Browser(stage.gateway, browser.cookie);
      const product = await anyProduct(stage.gateway);
      const path = `/cart/items/${product}/add`;
      const added = await browser.call('POST', path, { body: { by: THINGS } });
      expectStatus('add as a guest', 200, added);
      const victim = await kill(stage, added.headers.get('x-served-by'));
      expectStatus('sign in', 200, await browser.signIn(credentials));
      const cart = expectStatus('cart', 200, await browser.call<Cart>('GET', '/cart')).body;
      const { status, body } = await old.call('GET', '/cart');
      const told = `${status} ${String(body['code'])} (${String(body['endedBecause'])})`;
      const quantity = quantityOf(cart, product);
      if (victim !== undefined) await stage.backAgain(victim);
      const killed = victim === undefined ? '' : `${victim.id} killed: `;
      return {
        promise: 'the cart came along, the session is new',
        seen: `${killed}${quantity} of ${THINGS} in the cart; the guest's old cookie: ${told}`,
        held: quantity === THINGS && told === '401 ERR_SESSION_ENDED (replaced)',
      };
    },
  };
}

/** Kills an order instance, if there is another that can answer for it. */
async function kill(stage: Stage, id: string | null): Promise<FleetProcess | undefined> {
  const instances = await stage.processes('order');
  const victim = instances.length < 2 ? undefined : instances.find((instance) => instance.id === id);
  if (victim !== undefined) process.kill(victim.pid, 'SIGKILL');
  return victim;
}
