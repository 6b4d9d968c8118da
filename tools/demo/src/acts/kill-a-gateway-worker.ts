import { brokenGatewayPromises, FleetControl, runGatewayTrial, workerKilled } from '@holdfast/chaos';
import type { Act, Stage } from '../stage.js';
import { told } from '../told.js';

const UNDER_LOAD_MS = 4_000;

/** The worker's connections die with it; who connects anew is answered by another, and nothing sent later is lost. */
export const killAGatewayWorker: Act = {
  title: 'kill -9 a gateway worker under signed-in reads and keyed orders',
  async play(stage) {
    const [victim, another] = await stage.processes('gateway');
    if (victim === undefined) throw new Error('the fleet has no gateway worker');
    return another === undefined ? alone(stage, victim) : amongOthers(stage, victim.id);
  },
};

async function amongOthers(stage: Stage, victim: string) {
  const trial = await runGatewayTrial(new FleetControl(stage.home), workerKilled, UNDER_LOAD_MS);
  return {
    promise: 'it costs at most what it held',
    seen: `${victim} killed: ${told(trial)}`,
    held: brokenGatewayPromises(trial).length === 0,
  };
}

async function alone(stage: Stage, victim: Parameters<Stage['backAgain']>[0]) {
  process.kill(victim.pid, 'SIGKILL');
  await stage.backAgain(victim);
  const { status } = await stage.laptop.call('GET', '/cart');
  return {
    promise: 'the only worker comes back',
    seen: `${victim.id} is back: ${status}`,
    held: status === 200,
  };
}
