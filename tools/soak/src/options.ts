import { parseArgs } from 'node:util';
import { SOAKED_STRATEGIES, type SoakedStrategy } from './checker/violation.js';
import { FAULT_NAMES } from './faults.js';

/** What the command line asks for. */
export type SoakCall = Soak | Check;

interface Check {
  readonly kind: 'check';
  readonly file: string;
  readonly strategy: SoakedStrategy;
}

interface Soak {
  readonly kind: 'soak';
  /** What the platform runs with, and by which its history is judged. Default `hybrid`. */
  readonly strategy: SoakedStrategy;
  readonly seed: number;
  readonly forMs: number;
  /** The names of the faults that may strike; all of them by default. */
  readonly only?: readonly string[] | undefined;
  /** Where the history is kept; in a temporary file, and only if something is broken, by default. */
  readonly history?: string | undefined;
}

const USAGE =
  'npm run soak -- [--minutes 10] [--seed 42] [--only links-cut,primary-killed] [--history h.jsonl] [--strategy store] | --check <history.jsonl> [--strategy store]';
const OPTIONS = {
  minutes: { type: 'string' },
  seed: { type: 'string' },
  only: { type: 'string' },
  history: { type: 'string' },
  strategy: { type: 'string' },
  check: { type: 'string' },
} as const;
const DEFAULT_MINUTES = 10;
const MOST_MINUTES = 600;
const MOST_SEED = 2 ** 32 - 1;

/** Reads the command line; `anySeed` is the seed where none is given. Answers a sentence for what cannot be understood. */
export function readSoakCall(argv: readonly string[], anySeed: number): SoakCall | string {
  let values;
  try {
    values = parseArgs({ args: [...argv], options: OPTIONS }).values;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)} Use: ${USAGE}`;
  }
  const strategy = SOAKED_STRATEGIES.find((name) => name === (values.strategy ?? SOAKED_STRATEGIES[0]));
  if (!strategy) return `--strategy must be ${SOAKED_STRATEGIES.join(' or ')}; it is "${values.strategy}".`;
  if (values.check !== undefined) return { kind: 'check', file: values.check, strategy };
  const minutes = Number(values.minutes ?? DEFAULT_MINUTES);
  if (!(minutes > 0 && minutes <= MOST_MINUTES))
    return `--minutes must be more than 0 and at most ${MOST_MINUTES}; it is "${values.minutes}".`;
  const seed = Number(values.seed ?? anySeed);
  if (!Number.isInteger(seed) || seed < 0 || seed > MOST_SEED)
    return `--seed must be a whole number from 0 to ${MOST_SEED}; it is "${values.seed}".`;
  const only = values.only?.split(',');
  const unknown = only?.find((name) => !FAULT_NAMES.includes(name));
  if (unknown !== undefined) return `There is no fault "${unknown}"; there is: ${FAULT_NAMES.join(', ')}.`;
  return { kind: 'soak', strategy, seed, forMs: minutes * 60_000, only, history: values.history };
}
