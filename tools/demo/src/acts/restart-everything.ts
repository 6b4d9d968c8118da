import { brokenGatewayPromises, FleetControl, rollingRestart, runGatewayTrial } from '@holdfast/chaos';
import type { Act } from '../stage.js';
import { told } from '../told.js';

/** Longer than that only if the restarts take longer. */
const UNDER_LOAD_MS = 4_000;

/** A new version is rolled out, and nobody notices. */
export const restartEverything: Act = {
  title: 'Restart every service instance and gateway worker in turn, under signed-in reads and keyed orders',
  async play(stage) {
    if ((await stage.processes('order')).length < 2) {
      return { promise: 'one of each promises none of this', seen: 'they are left alone', held: true };
    }
    const trial = await runGatewayTrial(new FleetControl(stage.home), rollingRestart, UNDER_LOAD_MS);
    return {
      promise: '0 failed requests',
      seen: told(trial),
      held: brokenGatewayPromises(trial).length === 0,
    };
  },
};
