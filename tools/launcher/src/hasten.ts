import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessPlan } from './managed-process.js';
import type { ProcessRun } from './process-run.js';

const EVERY_MS = 1_000;

/** Ends a run that lingers with the signal on which it does not wait for others. Settles when the run has ended. */
export async function hasten(run: ProcessRun, { isLingering, signal }: ProcessPlan): Promise<void> {
  while (isLingering !== undefined && run.end === undefined) {
    await sleep(EVERY_MS, undefined, { ref: false });
    if (run.end === undefined && (await isLingering())) run.child.kill(signal);
  }
}
