import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { errorCode, LauncherError } from './errors.js';
import { privateFolder } from './private-files.js';

/** The folder that `HOLDFAST_HOME` names, `.holdfast` below the working directory by default. */
export function homeOf(env: NodeJS.ProcessEnv): string {
  const home = env['HOLDFAST_HOME'];
  return resolve(home === undefined || home === '' ? '.holdfast' : home);
}

/** Every path below the home folder that the launcher makes. */
export class Home {
  readonly runFile: string;
  readonly lockFile: string;
  readonly ledgerFile: string;
  readonly secretsFile: string;
  readonly portsFile: string;
  readonly logs: string;
  readonly env: string;
  readonly outbox: string;
  readonly redis: string;
  readonly postgres: string;
  readonly cache: string;

  constructor(readonly path: string) {
    this.runFile = join(path, 'run.json');
    this.lockFile = join(path, 'launcher.json');
    this.ledgerFile = join(path, 'processes.json');
    this.secretsFile = join(path, 'secrets.json');
    this.portsFile = join(path, 'ports.json');
    this.logs = join(path, 'logs');
    this.env = join(path, 'env');
    this.outbox = join(path, 'outbox');
    this.redis = join(path, 'redis');
    this.postgres = join(path, 'postgres');
    this.cache = join(path, 'cache');
  }
}

/** What `reset` deletes: what we made, and nothing that somebody else may have put there. */
const OURS = [
  'run.json',
  'launcher.json',
  'processes.json',
  'secrets.json',
  'ports.json',
  'logs',
  'env',
  'redis',
  'postgres',
  'outbox',
  'cache',
];
const FIRST_START_BYTES = 250_000_000;
const LATER_START_BYTES = 50_000_000;

/** Turns what a full or closed disk throws into one sentence; gives anything else back as it is. */
export function diskFailure(error: unknown, path: string): unknown {
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new LauncherError(
        `The disk that holds ${path} is full: free some space, or set HOLDFAST_HOME to a folder on another disk.`,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new LauncherError(
        `${path} is not ours to write in: change its owner, or set HOLDFAST_HOME to a folder that you can write in.`,
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return new LauncherError(
        `${path} is not a folder: set HOLDFAST_HOME to a folder, or to a path where none is yet.`,
      );
    default:
      return error;
  }
}

/** Makes the home folder (0700), or takes one that is ours or empty; refuses others, and a disk without room. */
export function openHome(path: string): Home {
  const home = new Home(path);
  try {
    privateFolder(path);
    const names = readdirSync(path);
    if (names.length > 0 && !names.some((name) => OURS.includes(name))) {
      throw new LauncherError(
        `${path} holds other things than Holdfast's: set HOLDFAST_HOME to an empty folder, or to a path where none is yet.`,
      );
    }
    accessSync(path, constants.W_OK);
    closeToOthers(path);
    requireRoom(home);
    for (const folder of [home.logs, home.env, home.outbox, home.redis]) closeToOthers(privateFolder(folder));
  } catch (error) {
    throw diskFailure(error, path);
  }
  return home;
}

function closeToOthers(folder: string): void {
  if ((statSync(folder).mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
}

function requireRoom(home: Home): void {
  const { bavail, bsize } = statfsSync(home.path);
  const needed = existsSync(home.postgres) ? LATER_START_BYTES : FIRST_START_BYTES;
  const free = bavail * bsize;
  if (free >= needed) return;
  const megabytes = (bytes: number): string => `${Math.floor(bytes / 1_000_000)} MB`;
  throw new LauncherError(
    `The disk that holds ${home.path} is full: ${megabytes(free)} are free, ${megabytes(needed)} are needed. ` +
      'Free some space, or set HOLDFAST_HOME to a folder on another disk.',
  );
}

/** Deletes all that the launcher ever made there; answers the names that were left because they are not ours. */
export function deleteHome(path: string): string[] {
  try {
    for (const name of OURS) rmSync(join(path, name), { recursive: true, force: true });
    for (const name of existsSync(path) ? readdirSync(path) : []) {
      if (name.endsWith('.new') || name.startsWith('postgres.'))
        rmSync(join(path, name), { recursive: true, force: true });
    }
    const left = existsSync(path) ? readdirSync(path) : [];
    if (left.length === 0 && existsSync(path)) rmdirSync(path);
    return left;
  } catch (error) {
    throw diskFailure(error, path);
  }
}
