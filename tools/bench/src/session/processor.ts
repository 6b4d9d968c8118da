import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Which core does what: a server has one for itself, the load and Redis share the other. */
export interface Cores {
  readonly ofServer: number;
  readonly ofLoad: number;
}

/** Two cores, if there are two and a way to keep processes on them (`taskset`, on Linux). */
export async function findCores(): Promise<Cores | undefined> {
  if (availableParallelism() < 2) return undefined;
  const found = await run('taskset', ['--version']).then(
    () => true,
    () => false,
  );
  return found ? { ofServer: 1, ofLoad: 0 } : undefined;
}

/** A command that keeps its program on a core; the same command without one. */
export function onCore(core: number | undefined, command: readonly string[]): readonly string[] {
  return core === undefined ? command : ['taskset', '-c', String(core), ...command];
}

/** Keeps a process that runs on a core, with all its threads. */
export async function keepOnCore(core: number | undefined, pid: number): Promise<void> {
  if (core !== undefined) await run('taskset', ['-acp', String(core), String(pid)]);
}
