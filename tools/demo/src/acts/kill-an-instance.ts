import { setTimeout as sleep } from 'node:timers/promises';
import { openLoop, percentile } from '@holdfast/fleet-client';
import type { Act } from '../stage.js';

const RATE_PER_SECOND = 200;
const BEFORE_MS = 1_500;
const AFTER_MS = 4_000;

/** kill -9 under load: with another instance nobody notices; without one (`--minimal`) it comes back by itself. */
export const killAnInstance: Act = {
  title: `kill -9 an order instance under ${RATE_PER_SECOND} signed-in requests a second`,
  async play(stage) {
    const [victim, another] = await stage.processes('order');
    if (victim === undefined) throw new Error('the fleet has no order instance');
    const load = openLoop(RATE_PER_SECOND, async () => {
      const { status } = await stage.laptop.call('GET', '/cart');
      return status === 200 ? undefined : `HTTP ${status}`;
    });
    await sleep(BEFORE_MS);
    process.kill(victim.pid, 'SIGKILL');
    await sleep(AFTER_MS);
    // With or without another: the next act kills one as well, and somebody has to be left.
    await stage.backAgain(victim);
    const report = await load.stop();
    const back = await stage.laptop.call('GET', '/cart');
    const gap = Math.round(report.longestGapMs);
    const p99 = Math.round(percentile(report, 0.99));
    const seen = `${victim.id} killed: ${report.failures.length} of ${report.sent} failed, longest gap ${gap} ms, p99 ${p99} ms`;
    return another === undefined
      ? { promise: 'the only instance comes back', seen, held: back.status === 200 }
      : { promise: '0 failed requests', seen, held: report.failures.length === 0 };
  },
};
