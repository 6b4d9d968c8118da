import { processesOf, readRunFile, type FleetProcess, type RunFile } from '@holdfast/fleet-client';
import { StoreOpsError } from './errors.js';

type Server = Pick<FleetProcess, 'id' | 'port'>;

/** The Redis data nodes of a platform, and the Sentinels that watch them. */
export interface StoreLayout {
  readonly nodes: readonly Server[];
  readonly sentinels: readonly Server[];
}

/** The store of the platform that a run file describes. */
export function layoutOf(run: RunFile): StoreLayout {
  return {
    nodes: [...processesOf(run, 'redis-primary'), ...processesOf(run, 'redis-replica')],
    sentinels: processesOf(run, 'redis-sentinel'),
  };
}

/**
 * The store of the platform that runs in `home`.
 *
 * @throws StoreOpsError if none runs there
 */
export async function readLayout(home: string): Promise<StoreLayout> {
  const run = await readRunFile(home);
  if (run === undefined) throw new StoreOpsError(`No platform runs in ${home}.`);
  return layoutOf(run);
}
