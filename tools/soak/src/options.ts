import { parseArgs } from 'node:util';

/** What the command line asks for. */
export type SoakCall =
  | { readonly kind: 'soak'; readonly seed: number; readonly forMs: number }
  | { readonly kind: 'check'; readonly file: string };

const USAGE = 'npm run soak -- [--minutes 10] [--seed 42] | --check <history.jsonl>';
const DEFAULT_MINUTES = 10;
const MOST_MINUTES = 600;
const MOST_SEED = 2 ** 32 - 1;

/** Reads the command line; `anySeed` is the seed where none is given. Answers a sentence for what cannot be understood. */
export function readSoakCall(argv: readonly string[], anySeed: number): SoakCall | string {
  let values;
  try {
    const options = {
      minutes: { type: 'string' },
      seed: { type: 'string' },
      check: { type: 'string' },
    } as const;
    values = parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)} Use: ${USAGE}`;
  }
  if (values.check !== undefined) return { kind: 'check', file: values.check };
  const minutes = Number(values.minutes ?? DEFAULT_MINUTES);
  if (!(minutes > 0 && minutes <= MOST_MINUTES))
    return `--minutes must be more than 0 and at most ${MOST_MINUTES}; it is "${values.minutes}".`;
  const seed = Number(values.seed ?? anySeed);
  if (!Number.isInteger(seed) || seed < 0 || seed > MOST_SEED)
    return `--seed must be a whole number from 0 to ${MOST_SEED}; it is "${values.seed}".`;
  return { kind: 'soak', seed, forMs: minutes * 60_000 };
}
