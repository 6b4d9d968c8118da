import { expectStatus } from '@holdfast/fleet-client';
import type { Act } from '../stage.js';

/** The session is shared: what one service writes, every instance of another reads. */
export const shareAcrossServices: Act = {
  title: 'Write the locale through the user service, read it on every order instance',
  async play(stage) {
    const locale = 'de-CH';
    const written = await stage.laptop.call('PUT', '/users/me/preferences', { body: { locale } });
    expectStatus('write preferences', 200, written);
    const read: string[] = [];
    for (const { id, device } of await stage.instances('order')) {
      const cart = expectStatus(`cart at ${id}`, 200, await device.call('GET', '/cart'));
      read.push(`${id}: ${String(cart.body['locale'])}`);
    }
    return {
      promise: 'every instance reads it at once',
      seen: read.join(', '),
      held: read.length > 0 && read.every((line) => line.endsWith(locale)),
    };
  },
};
