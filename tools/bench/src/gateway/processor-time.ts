import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Linux counts in hundredths of a second whatever its own clock does (`sysconf(_SC_CLK_TCK)`). */
const MICROS_A_TICK = 10_000;

/** A process, as the system counts it. */
export interface ProcessTime {
  readonly pid: number;
  readonly parent: number;
  /** User and system time in microseconds. */
  readonly micros: number;
}

/** What a process and all that descend from it have used, in microseconds. Those that have ended are not in it. */
export async function familyMicros(pid: number): Promise<number> {
  return sumOfFamily(process.platform === 'linux' ? linuxProcesses() : await otherProcesses(), pid);
}

/** Adds up a process and its descendants. */
export function sumOfFamily(processes: readonly ProcessTime[], pid: number): number {
  const own = processes.find((each) => each.pid === pid)?.micros ?? 0;
  const children = processes.filter(({ parent }) => parent === pid);
  return children.reduce((sum, child) => sum + sumOfFamily(processes, child.pid), own);
}

/** One line of `/proc/<pid>/stat`. The name in parentheses may hold anything, parentheses and spaces too. */
export function processIn(stat: string): ProcessTime {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number);
  return {
    pid: Number.parseInt(stat, 10),
    parent: parent ?? 0,
    micros: ((user ?? 0) + (system ?? 0)) * MICROS_A_TICK,
  };
}

/** One line of `ps -o pid=,ppid=,time=`: `12 1 3:04.50`, with hours before where there are any. */
export function processOfPs(line: string): ProcessTime {
  const [pid, parent, time = ''] = line.trim().split(/\s+/);
  const seconds = time.split(/[-:]/).reduce((sum, part) => sum * 60 + Number(part), 0);
  return { pid: Number(pid), parent: Number(parent), micros: Math.round(seconds * 1_000_000) };
}

function linuxProcesses(): readonly ProcessTime[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return [processIn(readFileSync(`/proc/${name}/stat`, 'latin1'))];
    } catch {
      return []; // ended meanwhile
    }
  });
}

async function otherProcesses(): Promise<readonly ProcessTime[]> {
  const { stdout } = await run('ps', ['-axo', 'pid=,ppid=,time=']);
  return stdout.trim().split('\n').map(processOfPs);
}
