import { setTimeout as sleep } from 'node:timers/promises';
import { stillRuns, type ProcessIdentity } from './process-identity.js';

/** A process of ours, and how it wants to be ended. */
export interface OwnedProcess extends ProcessIdentity {
  readonly id: string;
  /** Ranks end one after the other, the lowest first: who uses a store ends before it. */
  readonly rank: number;
  readonly signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL';
}

const POLL_MS = 25;

/** Signals a process and, where it leads a group (each child of the launcher does), all of that group. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch {
      // No such group: then the process alone. No such process: it has ended, which is what was wanted.
    }
  }
}

async function endRank(processes: readonly OwnedProcess[], graceMs: number): Promise<void> {
  for (const { pid, signal } of processes) signalGroup(pid, signal);
  const deadlineAt = Date.now() + graceMs;
  let left = processes.filter(stillRuns);
  while (left.length > 0 && Date.now() < deadlineAt) {
    await sleep(POLL_MS);
    left = left.filter(stillRuns);
  }
  for (const { pid } of left) signalGroup(pid, 'SIGKILL');
  while (left.some(stillRuns)) await sleep(POLL_MS);
}

/** Ends those of these processes that still run, rank by rank; what has not ended `graceMs` after its signal is killed. */
export async function endProcesses(
  processes: readonly OwnedProcess[],
  graceMs: number,
): Promise<OwnedProcess[]> {
  const running = processes.filter(stillRuns);
  const ranks = [...new Set(running.map(({ rank }) => rank))].sort((a, b) => a - b);
  for (const rank of ranks) {
    await endRank(
      running.filter((each) => each.rank === rank),
      graceMs,
    );
  }
  return running;
}
