import { existsSync, linkSync, readFileSync, rmSync } from 'node:fs';
import { endProcesses } from './end-processes.js';
import { errorCode, LauncherError } from './errors.js';
import type { Home } from './home.js';
import { replaceFile } from './private-files.js';
import { startToken, stillRuns, type ProcessIdentity } from './process-identity.js';
import { readLedger } from './process-ledger.js';
import { removeRunFile } from './run-file.js';
import { until } from './until.js';

/** Who holds a home folder: one launcher at a time. */
export interface LockHolder extends ProcessIdentity {
  readonly url: string;
  /** It has been asked to stop. */
  readonly stopping: boolean;
}

const GRACE_MS = 5_000;
const HEAR_WITHIN_MS = 1_500;
const STOP_WITHIN_MS = 30_000;

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

/**
 * Refuses, naming pid and address, while a launcher runs on this home; one that is stopping is waited for. Whoever has just
 * ended `npm start` by a signal gets the prompt back before the launcher has heard of it: hence the short wait.
 */
export async function awaitHome(home: Home, wayOut: string, say: (line: string) => void): Promise<void> {
  const settled = (): boolean => lockHolder(home).holder?.stopping !== false;
  await until(settled, { withinMs: HEAR_WITHIN_MS, everyMs: 100 });
  if (lockHolder(home).holder?.stopping === true) {
    say('An earlier run is just stopping; waiting for it …');
    await until(() => lockHolder(home).holder === undefined, { withinMs: STOP_WITHIN_MS, everyMs: 100 });
  }
  const { holder } = lockHolder(home);
  if (holder !== undefined) throw alreadyRuns(home, holder, wayOut);
}

function alreadyRuns(home: Home, { pid, url }: LockHolder, wayOut: string): LauncherError {
  return new LauncherError(`Holdfast already runs in ${home.path} (pid ${pid}, ${url}): ${wayOut}`);
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
  const draft = `${home.lockFile}.${process.pid}`;
  replaceFile(draft, lockText(url, false));
  try {
    // Unlike a rename, a link fails where there is a lock; unlike a new file, it is never seen empty.
    linkSync(draft, home.lockFile);
  } catch (error) {
    const { holder: other } = lockHolder(home);
    if (errorCode(error) !== 'EEXIST' || other === undefined) throw error;
    throw alreadyRuns(home, other, 'another start was faster.');
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Tells the next start that it only has to wait. A disk that is full keeps nobody from stopping. */
export function announceStop(home: Home, url: string): void {
  try {
    replaceFile(home.lockFile, lockText(url, true));
  } catch {
    // The next start is then refused until this one has stopped.
  }
}

function lockText(url: string, stopping: boolean): string {
  const holder: LockHolder = { pid: process.pid, token: startToken(process.pid) ?? '', url, stopping };
  return JSON.stringify(holder);
}

/** Gives the home free after a clean stop. */
export function releaseLock(home: Home): void {
  removeRunFile(home);
  rmSync(home.lockFile, { force: true });
}
