import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Which core does what: a server has one for itself, the load and Redis share the other. */
export interface Cores {
  readonly ofServer: number;
  readonly ofLoad: number;
}

/** Two cores, if this process may use two and there is a way to keep processes on them (`taskset`, on Linux). */
export async function findCores(): Promise<Cores | undefined> {
  const asked = await run('taskset', ['-cp', String(process.pid)]).catch(() => undefined);
  const [ofLoad, ofServer] = coresIn(asked?.stdout ?? '');
  return ofLoad === undefined || ofServer === undefined ? undefined : { ofServer, ofLoad };
}

/** The cores that `taskset -cp` names: `pid 7's current affinity list: 0,2-4`. */
export function coresIn(affinity: string): readonly number[] {
  const list = /: ([\d,-]+)\s*$/.exec(affinity)?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [from = Number.NaN, to = from] = range.split('-').filter(Boolean).map(Number);
    return Array.from({ length: Math.max(0, to - from + 1 || 0) }, (_none, at) => from + at);
  });
}

/** A command that keeps its program on a core; the same command without one. */
export function onCore(core: number | undefined, command: readonly string[]): readonly string[] {
  return core === undefined ? command : ['taskset', '-c', String(core), ...command];
}

/** Keeps a process that runs on a core, with all its threads. */
export async function keepOnCore(core: number | undefined, pid: number): Promise<void> {
  if (core !== undefined) await run('taskset', ['-acp', String(core), String(pid)]);
}
