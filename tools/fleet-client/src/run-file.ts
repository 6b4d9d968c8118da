import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a process of the fleet is now. */
export type ProcessRole =
  'gateway' | 'auth' | 'user' | 'order' | 'redis-primary' | 'redis-replica' | 'redis-sentinel' | 'postgres';

/** One process of the fleet. A gateway worker stands here by its own pid. */
export interface FleetProcess {
  readonly id: string;
  readonly role: ProcessRole;
  readonly pid: number;
  readonly port: number;
}

/** What `npm start` leaves in `.holdfast/run.json` for other programs. */
export interface RunFile {
  readonly gateway: { readonly url: string };
  readonly admin: { readonly email: string; readonly password: string };
  readonly processes: readonly FleetProcess[];
}

/** Reads the run file of a fleet; `undefined` if none runs there. `home` is its `.holdfast` folder. */
export async function readRunFile(home: string): Promise<RunFile | undefined> {
  try {
    return JSON.parse(await readFile(join(home, 'run.json'), 'utf8')) as RunFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The processes of one role, as the run file lists them. */
export function processesOf(run: RunFile, role: ProcessRole): readonly FleetProcess[] {
  return run.processes.filter((process) => process.role === role);
}
