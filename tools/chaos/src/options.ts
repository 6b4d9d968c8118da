import { parseArgs } from 'node:util';
import type { Fault } from './fault.js';

/** What the command line asks for. */
export interface ChaosCall {
  readonly faults: readonly Fault[];
  /** How long each fault's load goes on at least, from when it strikes. */
  readonly underLoadMs: number;
  /** Whether all ran as they should for the document. */
  readonly isWhole: boolean;
}

const DEFAULT_SECONDS = 20;
const USAGE = 'npm run chaos -- store [--only killed,hung] [--seconds 20]';

/** Reads the command line; answers a sentence instead of a call that cannot be understood. */
export function readChaosCall(argv: readonly string[], known: readonly Fault[]): ChaosCall | string {
  let parsed;
  try {
    const options = { only: { type: 'string' }, seconds: { type: 'string' } } as const;
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)} Use: ${USAGE}`;
  }
  const { positionals, values } = parsed;
  if (positionals.join(' ') !== 'store') return `Say what is to fail. Use: ${USAGE}`;
  const seconds = Number(values.seconds ?? DEFAULT_SECONDS);
  if (!(seconds >= 1 && seconds <= 600)) return `--seconds must be from 1 to 600; it is "${values.seconds}".`;
  const names = values.only?.split(',').map((name) => name.trim());
  const unknown = names?.find((name) => known.every((fault) => fault.name !== name));
  if (unknown !== undefined) {
    return `There is no fault "${unknown}"; there is: ${known.map(({ name }) => name).join(', ')}.`;
  }
  return {
    faults: known.filter(({ name }) => names === undefined || names.includes(name)),
    underLoadMs: seconds * 1_000,
    isWhole: names === undefined && values.seconds === undefined,
  };
}
