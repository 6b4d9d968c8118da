import { markdownTable, whole } from '../print.js';
import type { SessionBytes } from './bytes.js';
import type { WayToAcknowledge } from './acknowledgement.js';
import { capacityFor, type CapacityAssumptions } from './capacity.js';
import type { SealingCost } from './sealing-cost.js';
import type { OperationCost } from './throughput.js';

/** What a run has measured. */
export interface StoreFigures {
  readonly bytes: readonly SessionBytes[];
  readonly costs: readonly OperationCost[];
  readonly ways: readonly WayToAcknowledge[];
  readonly sealing: readonly SealingCost[];
  readonly sessions: number;
  readonly operations: number;
  readonly machine: string;
}

const GIB = 1_024 ** 3;
const ASSUMED = {
  dataBytesPerSession: 300,
  activeShare: 0.1,
  refreshEveryMs: 300_000,
  touchEveryMs: 60_000,
  groupBytes: 20 * GIB,
  groupWritesPerSecond: 10_000,
} as const;

/** `docs/benchmarks/store.md`. */
export function storeReport(figures: StoreFigures): string {
  return `# What the session store costs

Written by \`npm run bench -- store\`; run it again on your machine. ${figures.machine} Figures of one run; trust their ratios.

## Bytes

What a session without data takes in Redis: record, rotation and its share of the user's index, with their keys, deadlines and
tables. Begun from a common browser (a user agent of 111 characters) and refreshed once; the growth of \`used_memory\` over ${whole(figures.sessions)} sessions.
*To count all*: Redis's processor time for one count of them, as auth takes it once a minute at most (\`holdfast_live_sessions\`), and its share of
that minute; with the rests that a count takes it is spread over 200 times its length.

${bytesTable(figures.bytes)}

## Operations

${whole(figures.operations)} of each, 64 at a time, one process, a primary with two replicas on the same machine. *replicated*: answered when the
replicas have it (group commit with \`WAIT\`); *local*: when the primary has it. *Per core*: operations a second that one core carries, Node and Redis together.

${costsTable(figures.costs)}

${refreshSentence(figures.costs)}

## Ways to acknowledge

Writes a second, one at a time and 64 at a time, and the share of the first of their kind.

${waysTable(figures.ways)}

## Sealing

AES-256-GCM of one value, microseconds on one core.

${markdownTable([['bytes', 'seal', 'open'], ...figures.sealing.map(sealingRow)])}

## Capacity

Reckoned from the figures above. Assumed: ${ASSUMED.dataBytesPerSession} bytes of sealed data a session, three sessions per user, ${ASSUMED.activeShare * 100} % of the sessions in use at a time (a refresh
every 5 minutes, a touch every minute), groups that are filled to 20 GiB and asked for 10,000 writes a second. A group is a primary
and two replicas, so that the memory of a group is needed three times.

${capacityTable({ ...ASSUMED, bytesPerSession: perUser(figures.bytes, 3) })}

What follows from it is in [capacity](../guides/capacity.md).
`;
}

function bytesTable(bytes: readonly SessionBytes[]): string {
  const rows = bytes.map((each) => [
    String(each.sessionsPerUser),
    whole(each.bytes),
    whole(each.countMs),
    (each.countMs / 600).toFixed(2),
  ]);
  const head = ['sessions per user', 'bytes a session', 'ms to count all', '% of a minute'];
  return markdownTable([head, ...rows]);
}

function costsTable(costs: readonly OperationCost[]): string {
  const head = ['operation', 'durability', 'a second', 'Node µs', 'Redis µs', 'per core'];
  const rows = costs.map((cost) => [
    cost.operation,
    cost.durability,
    whole(cost.perSecond),
    whole(cost.ownMicros),
    whole(cost.redisMicros),
    whole(perCore(cost)),
  ]);
  return markdownTable([head, ...rows]);
}

function waysTable(ways: readonly WayToAcknowledge[]): string {
  const rows = ways.map(({ way, one, many }) => {
    const first = ways.find((each) => each.way.split(',')[0] === way.split(',')[0]);
    const share = (value: number, of = 1): string => (value / of).toFixed(2);
    return [way, whole(one), share(one, first?.one), whole(many), share(many, first?.many)];
  });
  return markdownTable([['way', 'one at a time', 'share', '64 at a time', 'share'], ...rows]);
}

function refreshSentence(costs: readonly OperationCost[]): string {
  const of = (durability: string): OperationCost | undefined =>
    costs.find((cost) => cost.operation === 'refresh' && cost.durability === durability);
  const [replicated, local] = [of('replicated'), of('local')];
  if (!replicated || !local) return '';
  const share = (replicated.perSecond / local.perSecond).toFixed(2);
  return `Refreshes that replicas have: ${share} of those that only the primary has; ${whole(perCore(replicated))} a second and core.`;
}

/** Operations a second that one core carries, if Node and the Redis primary share it. */
export function perCore({
  ownMicros,
  redisMicros,
}: Pick<OperationCost, 'ownMicros' | 'redisMicros'>): number {
  return 1_000_000 / (ownMicros + redisMicros);
}

function sealingRow({ bytes, sealMicros, openMicros }: SealingCost): readonly string[] {
  return [String(bytes), sealMicros.toFixed(1), openMicros.toFixed(1)];
}

function capacityTable(assumptions: CapacityAssumptions): string {
  const head = ['sessions', 'memory of one copy', 'writes a second', 'groups'];
  const rows = [1e6, 1e8, 1e9].map((sessions) => {
    const { memoryBytes, writesPerSecond, groups } = capacityFor(sessions, assumptions);
    return [whole(sessions), `${(memoryBytes / GIB).toFixed(1)} GiB`, whole(writesPerSecond), whole(groups)];
  });
  return markdownTable([head, ...rows]);
}

function perUser(bytes: readonly SessionBytes[], sessionsPerUser: number): number {
  return bytes.find((each) => each.sessionsPerUser === sessionsPerUser)?.bytes ?? Number.NaN;
}
