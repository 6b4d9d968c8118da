import { Device, expectStatus, type Credentials } from '@holdfast/fleet-client';
import { DEVICES, type Act } from '../stage.js';

interface Listed {
  readonly sessions: readonly { readonly id: string; readonly current: boolean }[];
}

/** A third device signs in, and all stand in the list, whether a token or a cookie carries their session. */
export function listDevices(credentials: Credentials): Act {
  return {
    title: 'Sign in on a phone too and list the devices',
    async play({ gateway, laptop }) {
      const phone = await Device.signIn(gateway, credentials);
      const answer = await laptop.call<Listed>('GET', '/auth/sessions');
      const { sessions } = expectStatus('list devices', 200, answer).body;
      const ids = sessions.map(({ id }) => id);
      const current = sessions.filter((session) => session.current).map(({ id }) => id);
      return {
        promise: 'all are listed, one is "this device"',
        seen: `${sessions.length} devices, current: ${current[0] === laptop.sessionId ? 'the laptop' : 'another'}`,
        held: ids.length === DEVICES && ids.includes(phone.sessionId) && current.join() === laptop.sessionId,
      };
    },
  };
}
