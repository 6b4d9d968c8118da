import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Fault } from './fault.js';

const HUNG_MS = 6_000;
const BETWEEN_MS = 3_000;

/** Postgres stands still with all its connections, comes back, and is killed: sessions are not its business. */
export const postgresAway: Fault = {
  name: 'postgres',
  title: 'Postgres hung for 6 s, then killed',
  recoversFrom: 'end',
  spares: ['read', 'knock'],
  forbids: /^(4|500)/,
  async strike(fleet) {
    const [postgres] = await fleet.processes('postgres');
    if (postgres === undefined) throw new Error('the platform has no Postgres of its own');
    fleet.hang(postgres, ...(await childrenOf(postgres.pid)));
    await sleep(HUNG_MS);
    fleet.wake();
    await sleep(BETWEEN_MS);
    fleet.kill(postgres);
  },
};

/** Its processes are groups of their own: each has to be stopped for itself. */
async function childrenOf(parent: number): Promise<{ pid: number }[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, ppid]) => ppid === parent)
    .map(([pid = 0]) => ({ pid }));
}
