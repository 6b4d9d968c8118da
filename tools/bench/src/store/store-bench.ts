import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureBelief, measureGroupCommit } from './acknowledgement.js';
import { measureBytes, type SessionBytes } from './bytes.js';
import { storeReport } from './report.js';
import { measureSealing } from './sealing-cost.js';
import { measureThroughput, onReplicas } from './throughput.js';

const REPORT = fileURLToPath(new URL('../../../../docs/benchmarks/store.md', import.meta.url));
const SESSIONS = 100_000;
const OPERATIONS = 20_000;
const PER_USER = [1, 3, 10];

/** Measures the session store on Redis servers of its own and writes `docs/benchmarks/store.md`. Prints as it goes. */
export async function benchStore(say: (line: string) => void): Promise<void> {
  const bytes: SessionBytes[] = [];
  for (const sessionsPerUser of PER_USER) {
    say(`bytes of ${SESSIONS} sessions, ${sessionsPerUser} per user …`);
    bytes.push(await measureBytes(SESSIONS, sessionsPerUser));
  }
  say(`${OPERATIONS} of each operation, local and replicated …`);
  const costs = await onReplicas((url) => measureThroughput(url, OPERATIONS));
  say('ways to acknowledge …');
  const ways = await onReplicas(async (url) => [
    ...(await measureGroupCommit(url, OPERATIONS)),
    ...(await measureBelief(url, OPERATIONS)),
  ]);
  const sealing = [80, 500, 4_096].map(measureSealing);
  const machine = `Node ${process.version}, ${availableParallelism()} cores.`;
  const report = storeReport({
    bytes,
    costs,
    ways,
    sealing,
    machine,
    sessions: SESSIONS,
    operations: OPERATIONS,
  });
  mkdirSync(dirname(REPORT), { recursive: true });
  writeFileSync(REPORT, report);
  say(`\n${report}`);
}
