import { rmSync } from 'node:fs';
import type { RunFile } from '@holdfast/fleet-client';
import type { Home } from './home.js';
import { replaceFile } from './private-files.js';

/** Writes `run.json`: replaced by rename, mode 0600. */
export function writeRunFile(home: Home, run: RunFile): void {
  replaceFile(home.runFile, `${JSON.stringify(run, undefined, 2)}\n`);
}

/** Deletes `run.json`: nothing runs here any more. */
export function removeRunFile(home: Home): void {
  rmSync(home.runFile, { force: true });
}
