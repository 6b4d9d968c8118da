import { expectStatus } from '@holdfast/fleet-client';
import { DEVICES, type Act } from '../stage.js';

const SIGNED_IN_ROUTES = [
  { service: 'auth', path: '/auth/session' },
  { service: 'user', path: '/users/me' },
  { service: 'order', path: '/cart' },
] as const;

/** What the logout says of itself. */
interface Receipt {
  readonly revoked: number;
  readonly acknowledgedBy: number;
  readonly instances: number;
  readonly tookMs: number;
}

/** The logout has answered: from now on every instance refuses, and says why. */
export const logOutEverywhere: Act = {
  title: 'Log out everywhere, then ask every instance',
  async play(stage) {
    const answer = await stage.laptop.call<Receipt>('POST', '/auth/logout-everywhere');
    const { revoked, acknowledgedBy, instances, tookMs } = expectStatus('log out', 200, answer).body;
    const answers: string[] = [];
    let asked = 0;
    for (const { service, path } of SIGNED_IN_ROUTES) {
      for (const { device } of await stage.instances(service)) {
        const { status, body } = await device.call('GET', path);
        answers.push(`${status} ${String(body['code'])} (${String(body['endedBecause'])})`);
        asked += 1;
      }
    }
    const distinct = [...new Set(answers)];
    return {
      promise: 'every instance has heard of it, and refuses',
      seen: `${revoked} sessions ended in ${tookMs} ms, heard by ${acknowledgedBy} of ${instances} processes; ${asked} instances: ${distinct.join(', ')}`,
      held:
        revoked === DEVICES &&
        acknowledgedBy === instances &&
        asked > 0 &&
        distinct.join() === '401 ERR_SESSION_ENDED (logout)',
    };
  },
};
