import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetControl } from './fleet-control.js';

const LOOK_EVERY_MS = 20;

/** Watches for a new primary; `stop` answers when it was first seen, on the clock of `performance.now()`. */
export function watchElection(fleet: FleetControl, before: string): { stop(): Promise<number | undefined> } {
  let over = false;
  let electedAtMs: number | undefined;
  const watching = (async () => {
    while (!over && electedAtMs === undefined) {
      const primary = await fleet.primary().catch(() => undefined);
      if (primary !== undefined && primary.id !== before) electedAtMs = performance.now();
      else await sleep(LOOK_EVERY_MS);
    }
  })();
  return {
    async stop() {
      over = true;
      await watching;
      return electedAtMs;
    },
  };
}
