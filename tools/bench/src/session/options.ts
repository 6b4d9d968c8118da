import { parseArgs } from 'node:util';

/** What a run measures, and how long. */
export interface SessionBenchOptions {
  /** How many sessions the store holds, one after the other. */
  readonly populations: readonly number[];
  readonly rounds: number;
  /** Rounds with each size of the store. */
  readonly populationRounds: number;
  readonly roundMs: number;
  readonly warmUpMs: number;
  /** How long commands are counted at a fixed rate. */
  readonly countMs: number;
  readonly logouts: number;
  /** Whether it measured enough for the document. */
  readonly isWhole: boolean;
}

// Many short rounds rather than few long ones: what else the machine does then slows neighbours alike.
const WHOLE = { rounds: 12, populationRounds: 5, roundMs: 800, warmUpMs: 2_000, countMs: 6_000, logouts: 30 };
const QUICK = { rounds: 3, populationRounds: 1, roundMs: 500, warmUpMs: 700, countMs: 1_500, logouts: 5 };
const SMALLEST = 10_000;
const LARGEST = 10_000_000;
const USAGE = 'npm run bench -- session [--sessions 1000000] [--quick]';

/** Reads the command line; answers a sentence instead of options that cannot be understood. */
export function readSessionOptions(argv: readonly string[]): SessionBenchOptions | string {
  let values;
  try {
    const options = { sessions: { type: 'string' }, quick: { type: 'boolean' } } as const;
    ({ values } = parseArgs({ args: [...argv], options }));
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)} Use: ${USAGE}`;
  }
  const { quick = false } = values;
  const most = Number(values.sessions ?? (quick ? SMALLEST : 1_000_000));
  if (!(most >= SMALLEST && most <= LARGEST)) {
    return `--sessions must be from ${SMALLEST} to ${LARGEST}; it is "${values.sessions}".`;
  }
  return { ...(quick ? QUICK : WHOLE), populations: populationsUpTo(most), isWhole: !quick };
}

/** Each ten times the one before. */
function populationsUpTo(most: number): number[] {
  const populations: number[] = [];
  for (let size = SMALLEST; size <= most; size *= 10) populations.push(size);
  return populations;
}
