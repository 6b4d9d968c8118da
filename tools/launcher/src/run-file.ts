import { rmSync } from 'node:fs';
import type { Home } from './home.js';
import { replaceFile } from './private-files.js';

/** What a process is now. */
export type ProcessRole =
  'gateway' | 'auth' | 'user' | 'order' | 'redis-primary' | 'redis-replica' | 'redis-sentinel' | 'postgres';

/** One process of the fleet; a gateway worker stands here by its own pid. */
export interface FleetProcess {
  readonly id: string;
  readonly role: ProcessRole;
  readonly pid: number;
  readonly port: number;
}

/** What other programs are told about a running fleet. */
export interface RunFile {
  readonly gateway: { readonly url: string };
  readonly admin: { readonly email: string; readonly password: string };
  readonly processes: readonly FleetProcess[];
}

/** Writes `run.json`: replaced by rename, mode 0600. */
export function writeRunFile(home: Home, run: RunFile): void {
  replaceFile(home.runFile, `${JSON.stringify(run, undefined, 2)}\n`);
}

/** Deletes `run.json`: nothing runs here any more. */
export function removeRunFile(home: Home): void {
  rmSync(home.runFile, { force: true });
}
