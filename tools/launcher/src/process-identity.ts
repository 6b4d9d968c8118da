import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What tells a process from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in a form that only this module understands. */
  readonly token: string;
}

const START_TIME_FIELD = 19;

function linuxToken(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in brackets, and may itself hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z') return undefined;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[START_TIME_FIELD]}`;
}

function portableToken(pid: number): string | undefined {
  const [state = 'Z', ...start] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .trim()
    .split(/\s+/);
  return state.startsWith('Z') ? undefined : start.join(' ');
}

/** The start token of a running process; `undefined` if none with this pid runs. */
export function startToken(pid: number): string | undefined {
  try {
    return process.platform === 'linux' ? linuxToken(pid) : portableToken(pid);
  } catch {
    return undefined;
  }
}

/** `true` while the very process that was remembered runs; a later process with the same pid is not it. */
export function stillRuns(identity: ProcessIdentity): boolean {
  return startToken(identity.pid) === identity.token;
}
