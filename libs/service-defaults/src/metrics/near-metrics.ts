import type { NearCache, RoutePolicy, StoreState } from '@holdfast/session-core';
import type { JournalProgress } from '@holdfast/session-redis';
import { Counter, Gauge, type Registry } from 'prom-client';
import { Durations, Tally } from './hot-metrics.js';

const STATES: readonly StoreState[] = ['fresh', 'direct', 'suspect', 'dark'];

/** What is counted of sessions that are near. */
export interface NearMetrics {
  /** A request was served although the store could not be asked. */
  servedStale(policy: RoutePolicy): void;
  /** A session was looked for; its age in milliseconds where it was near, else `undefined`. */
  looked(ageMs: number | undefined): void;
}

/** What is shown of them. */
export interface NearShown {
  readonly cache: NearCache;
  readonly state: () => StoreState;
  readonly progress: () => JournalProgress;
}

/** Shows how a process stands to the session store and its journal, and counts what it serves from nearby. */
export function nearMetrics(registry: Registry, shown: NearShown): NearMetrics {
  showState(registry, shown);
  showJournal(registry, shown);
  const stale = new Counter({
    name: 'holdfast_sessions_served_stale_total',
    help: 'Requests that were let in by what was confirmed before the session store went away, by policy of the route',
    labelNames: ['policy'],
    registers: [registry],
  });
  const lookups = new Tally({
    name: 'holdfast_near_lookups_total',
    help: 'Sessions that were looked for, by whether they were near',
    registry,
  });
  const ages = new Durations({
    name: 'holdfast_near_age_seconds',
    help: 'How long ago sessions that were served from nearby had been confirmed',
    registry,
  }).series();
  const [hits, misses] = [lookups.series({ result: 'hit' }), lookups.series({ result: 'miss' })];
  return {
    servedStale: (policy) => stale.inc({ policy }),
    looked(ageMs) {
      if (ageMs === undefined) return misses.add();
      hits.add();
      ages.observe(ageMs);
    },
  };
}

function showState(registry: Registry, { cache, state }: NearShown): void {
  new Gauge({
    name: 'holdfast_session_store_state',
    help: 'How this process stands to the session store: 1 for the state that it is in',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const now = state();
      for (const each of STATES) this.set({ state: each }, each === now ? 1 : 0);
    },
  });
  new Gauge({
    name: 'holdfast_near_sessions',
    help: 'Sessions that this process keeps near',
    registers: [registry],
    collect() {
      this.set(cache.size);
    },
  });
}

function showJournal(registry: Registry, { progress }: NearShown): void {
  new Gauge({
    name: 'holdfast_journal_position',
    help: 'Entries of the journal, in its present term, that this process has applied',
    aggregator: 'min',
    registers: [registry],
    collect() {
      this.set(progress().position);
    },
  });
  new Gauge({
    name: 'holdfast_journal_behind_seconds',
    help: 'How long ago this process had certainly applied everything that was journalled',
    aggregator: 'max',
    registers: [registry],
    collect() {
      this.set(progress().behindMs / 1_000);
    },
  });
}
