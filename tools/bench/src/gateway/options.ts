import { parseArgs } from 'node:util';
import type { ThroughputOptions } from './throughput.js';

/** What a run measures, and how long. */
export interface GatewayBenchOptions extends ThroughputOptions {
  /** 1, or less: faults are shorter. */
  readonly pace: number;
  /** Whether it measured enough for the document. */
  readonly isWhole: boolean;
}

const WHOLE = { rounds: 8, roundSeconds: 2, warmUpRequests: 60_000, pace: 1 };
const QUICK = { rounds: 2, roundSeconds: 1, warmUpRequests: 10_000, pace: 0.3 };
const USAGE = 'npm run bench -- gateway [--quick]';

/** Reads the command line; answers a sentence instead of options that cannot be understood. */
export function readGatewayOptions(argv: readonly string[]): GatewayBenchOptions | string {
  try {
    const { values } = parseArgs({ args: [...argv], options: { quick: { type: 'boolean' } } });
    return values.quick === true ? { ...QUICK, isWhole: false } : { ...WHOLE, isWhole: true };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)} Use: ${USAGE}`;
  }
}
