import { parseArgs } from 'node:util';

/** What can be made to fail: the session store, or services and gateway workers. */
export type ChaosTarget = 'store' | 'gateway';

/** What the command line asks for. */
export interface ChaosCall {
  /** What is to fail. */
  readonly target: ChaosTarget;
  /** The names of its faults. */
  readonly names: readonly string[];
  /** How long each fault's load goes on at least, from when it strikes. */
  readonly underLoadMs: number;
  /** Whether all ran as they should for the document. */
  readonly isWhole: boolean;
}

const DEFAULT_SECONDS = 20;
const USAGE = 'npm run chaos -- store|gateway [--only killed,hung] [--seconds 20]';

/** Reads the command line; answers a sentence instead of a call that cannot be understood. */
export function readChaosCall(
  argv: readonly string[],
  faults: Readonly<Record<ChaosTarget, readonly { readonly name: string }[]>>,
): ChaosCall | string {
  let parsed;
  try {
    const options = { only: { type: 'string' }, seconds: { type: 'string' } } as const;
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)} Use: ${USAGE}`;
  }
  const { positionals, values } = parsed;
  const target = positionals.join(' ');
  if (target !== 'store' && target !== 'gateway') return `Say what is to fail. Use: ${USAGE}`;
  const known = faults[target].map(({ name }) => name);
  const seconds = Number(values.seconds ?? DEFAULT_SECONDS);
  if (!(seconds >= 1 && seconds <= 600)) return `--seconds must be from 1 to 600; it is "${values.seconds}".`;
  const only = values.only?.split(',').map((name) => name.trim());
  const unknown = only?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    return `There is no fault "${unknown}"; there is: ${known.join(', ')}.`;
  }
  return {
    target,
    names: known.filter((name) => only === undefined || only.includes(name)),
    underLoadMs: seconds * 1_000,
    isWhole: only === undefined && values.seconds === undefined,
  };
}
