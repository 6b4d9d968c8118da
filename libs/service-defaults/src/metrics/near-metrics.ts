import type { NearCache, RoutePolicy, StoreState } from '@holdfast/session-core';
import { Counter, Gauge, type Registry } from 'prom-client';

const STATES: readonly StoreState[] = ['fresh', 'direct', 'suspect', 'dark'];

/** What is counted of sessions that are near. */
export interface NearMetrics {
  /** A request was served although the store could not be asked. */
  servedStale(policy: RoutePolicy): void;
}

/** Shows how a process stands to the session store, and counts what it serves without it. */
export function nearMetrics(registry: Registry, cache: NearCache, state: () => StoreState): NearMetrics {
  const registers = [registry];
  new Gauge({
    name: 'holdfast_session_store_state',
    help: 'How this process stands to the session store: 1 for the state that it is in',
    labelNames: ['state'],
    registers,
    collect() {
      const now = state();
      for (const each of STATES) this.set({ state: each }, each === now ? 1 : 0);
    },
  });
  new Gauge({
    name: 'holdfast_near_sessions',
    help: 'Sessions that this process keeps near',
    registers,
    collect() {
      this.set(cache.size);
    },
  });
  const stale = new Counter({
    name: 'holdfast_sessions_served_stale_total',
    help: 'Requests that were let in by what was confirmed before the session store went away, by policy of the route',
    labelNames: ['policy'],
    registers,
  });
  return { servedStale: (policy) => stale.inc({ policy }) };
}
