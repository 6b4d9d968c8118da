import {
  brokenPromises,
  FleetControl,
  primaryKilled,
  REQUESTS_PER_SECOND,
  runTrial,
  type Fault,
} from '@holdfast/chaos';
import { Device, expectStatus } from '@holdfast/fleet-client';
import type { Act, Stage } from '../stage.js';

const UNDER_LOAD_MS = 6_000;
const REST_MS = 1_000;

/** The store fails over and nobody notices: neither who is signed in, nor who has just signed out. */
export const killTheRedisPrimary: Act = {
  title: `kill -9 the Redis primary under ${REQUESTS_PER_SECOND} requests a second, just after a logout`,
  async play(stage) {
    if ((await stage.processes('redis-replica')).length === 0) {
      return { promise: 'one Redis promises none of this', seen: 'it is left alone', held: true };
    }
    return kill(stage);
  },
};

async function kill(stage: Stage) {
  const fleet = new FleetControl(stage.home);
  await fleet.whole(REST_MS);
  const { primary } = await fleet.dataRoles();
  const leaver = await Device.ofNewUser(stage.gateway);
  const trial = await runTrial(fleet, afterLogoutOf(leaver), UNDER_LOAD_MS);
  const { status } = await leaver.call('GET', '/auth/session');
  const { verdicts, sessions, logouts, longestGapMs } = trial;
  const [lost, undone] = [verdicts.lost, verdicts.undone + (status === 200 ? 1 : 0)];
  const gap = Math.round(longestGapMs);
  return {
    promise: 'no acknowledged session is lost, no logout undone',
    seen: `${primary.id} killed: ${lost} of ${sessions} lost, ${undone} of ${logouts + 1} undone, longest gap ${gap} ms`,
    held: status === 401 && brokenPromises(trial).length === 0,
  };
}

function afterLogoutOf(leaver: Device): Fault {
  return {
    ...primaryKilled,
    async strike(fleet) {
      expectStatus('log out', 200, await leaver.call('POST', '/auth/logout'));
      await primaryKilled.strike(fleet);
    },
  };
}
