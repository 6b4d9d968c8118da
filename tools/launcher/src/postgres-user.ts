import { chownSync, readFileSync, statSync } from 'node:fs';
import { findProgram } from './find-program.js';
import type { CommandLine } from './redis-command.js';

/** Another user's numbers. */
export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

function fromPasswd(name: string): UserIds | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

/**
 * Whom Postgres runs as: it refuses root, so root lends it to the owner of its data, else to `postgres`, else to `nobody`.
 * `undefined`: we are not root, it runs as we do.
 */
export function postgresUser(dataDir: string): UserIds | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(dataDir, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return fromPasswd('postgres') ?? fromPasswd('nobody');
}

/** Gives a folder to that user. */
export function giveTo(path: string, user: UserIds | undefined): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}

/** A command, and the identity under which `spawn` must start it (none: our own). */
export interface UserCommand extends CommandLine {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * The command as that user. Folders above our data may be closed to everybody but root (`/root`, `mktemp -d`), and ours is;
 * `setpriv` leaves the process the one capability to pass through them, where this system has it.
 */
export function asUser(user: UserIds | undefined, command: CommandLine): UserCommand {
  if (user === undefined) return command;
  const setpriv =
    process.platform === 'linux' ? findProgram('setpriv', '/usr/bin:/bin:/usr/sbin:/sbin') : undefined;
  if (setpriv === undefined) return { ...command, ...user };
  const args = [
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    '--clear-groups',
    '--no-new-privs',
    // Without it access(2), with which Postgres looks at its own program, ignores the capability.
    '--securebits=+no_setuid_fixup',
    ...['inh-caps', 'ambient-caps', 'bounding-set'].map((set) => `--${set}=-all,+dac_override`),
    command.file,
    ...command.args,
  ];
  return { file: setpriv, args };
}
