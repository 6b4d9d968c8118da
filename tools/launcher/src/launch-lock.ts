import { existsSync, openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { endProcesses } from './end-processes.js';
import { errorCode, LauncherError } from './errors.js';
import type { Home } from './home.js';
import { startToken, stillRuns, type ProcessIdentity } from './process-identity.js';
import { readLedger } from './process-ledger.js';
import { removeRunFile } from './run-file.js';

/** Who holds a home folder: one launcher at a time. */
export interface LockHolder extends ProcessIdentity {
  readonly url: string;
}

const GRACE_MS = 5_000;

/** The launcher that runs on this home now, or undefined; `stale` tells whether one left its lock behind. */
export function lockHolder(home: Home): { holder?: LockHolder; stale: boolean } {
  if (!existsSync(home.lockFile)) return { stale: false };
  try {
    const holder = JSON.parse(readFileSync(home.lockFile, 'utf8')) as LockHolder;
    return stillRuns(holder) ? { holder, stale: false } : { stale: true };
  } catch {
    return { stale: true };
  }
}

/** Refuses, naming pid and address, while a launcher runs on this home. */
export function refuseIfRunning(home: Home, wayOut: string): void {
  const { holder } = lockHolder(home);
  if (holder === undefined) return;
  throw new LauncherError(
    `Holdfast already runs in ${home.path} (pid ${holder.pid}, ${holder.url}): ${wayOut}`,
  );
}

/** Ends what a launcher that was killed left behind; a pid that now belongs to another program is let alone. */
export async function endLeftovers(home: Home, say: (line: string) => void): Promise<void> {
  const { stale } = lockHolder(home);
  const ended = await endProcesses(readLedger(home.ledgerFile), GRACE_MS);
  if (stale || ended.length > 0 || existsSync(home.runFile)) {
    const what =
      ended.length === 0 ? 'nothing of it runs any more' : `ended ${ended.length} processes it had left`;
    say(`An earlier run did not stop cleanly: ${what}; starting on its data.`);
  }
  for (const file of [home.runFile, home.ledgerFile, home.lockFile]) rmSync(file, { force: true });
}

/** Takes the home for this process. */
export function takeLock(home: Home, url: string): void {
  const holder: LockHolder = { pid: process.pid, token: startToken(process.pid) ?? '', url };
  try {
    const file = openSync(home.lockFile, 'wx', 0o600);
    writeSync(file, JSON.stringify(holder));
    closeSync(file);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    refuseIfRunning(home, 'another start was faster.');
    throw error;
  }
}

/** Gives the home free after a clean stop. */
export function releaseLock(home: Home): void {
  removeRunFile(home);
  rmSync(home.lockFile, { force: true });
}
