import { markdownTable, whole } from '../print.js';

/** What came of some logouts. */
export interface ReceiptRound {
  /** How many were under way at a time. */
  readonly atOnce: number;
  /** Of each, from when it was sent to its answer. */
  readonly tookMs: readonly number[];
  /** As each receipt says: in auth alone, without the way through the gateway. */
  readonly ofReceiptMs: readonly number[];
  /** The most that any receipt counted. */
  readonly instances: number;
  /** Receipts that were durable and that all had confirmed. */
  readonly isComplete: number;
}

/** Where it was measured. */
export interface Machine {
  readonly cores: number;
  /** Processes that wanted to run, on average over the last minute. */
  readonly busy: number;
}

/** The goals for one at a time, in milliseconds. */
const GOALS = { p50: 10, p99: 20 } as const;

/** The document, in Markdown. */
export function receiptsReport(rounds: readonly ReceiptRound[], { cores, busy }: Machine): string {
  const rows = rounds.map(({ atOnce, tookMs, ofReceiptMs, instances, isComplete }) => [
    whole(atOnce),
    ...[0.5, 0.99, 1].map((part) => quantile(tookMs, part).toFixed(1)),
    ...[0.5, 0.99].map((part) => whole(quantile(ofReceiptMs, part))),
    `${whole(isComplete)} of ${whole(tookMs.length)}`,
    whole(instances),
  ]);
  const head = [
    'at a time',
    'p50 ms',
    'p99 ms',
    'longest ms',
    'receipt p50',
    'receipt p99',
    'heard by all, and durable',
    'processes',
  ];
  return `# What a logout costs that is over when it answers

Written by \`npm run bench -- receipts\`: the default fleet (two of each service, two gateway workers, Redis with two replicas, Postgres),
${whole(cores)} cores, load ${busy.toFixed(1)}. A guest comes, is seen by a service, and logs out through the gateway. Time is the client's, from when the logout is
sent to its answer, and, in *receipt*, auth's own (\`tookMs\`): the entry in Postgres, the tombstone on every replica, and the word of every process that verifies are in it.

${markdownTable([head, ...rows])}

Goals for one at a time, by the receipt: p50 at most ${GOALS.p50} ms${verdict(rounds[0], 0.5, GOALS.p50)}, p99 at most ${GOALS.p99} ms${verdict(rounds[0], 0.99, GOALS.p99)}. All processes share the
cores with each other and with the client: with more of them each waits less for its turn. Nothing goes over a network.
`;
}

function verdict(round: ReceiptRound | undefined, part: number, goalMs: number): string {
  if (!round) return '';
  return quantile(round.ofReceiptMs, part) <= goalMs ? ' (met)' : ' (**missed**)';
}

/** The value that so large a part of all does not exceed. */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}
