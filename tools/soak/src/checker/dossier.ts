import { fateOf, type Fate } from './ends.js';
import type { FaultNote, History, Operation } from './operation.js';
import type { Limits } from './violation.js';

/** All that a history says of one session. */
export interface Dossier {
  readonly session: string;
  readonly begin: Operation;
  /** What was done in it, its begin first, by when it was answered. */
  readonly operations: readonly Operation[];
  readonly fate: Fate;
  readonly limits: Limits;
  readonly faults: readonly FaultNote[];
}

/** The sessions of a history whose begin was acknowledged. Nobody can say anything of the others. */
export function dossiersOf({ operations, faults }: History, limits: Limits): readonly Dossier[] {
  const inOrder = [...operations].sort((a, b) => a.endMs - b.endMs || a.id - b.id);
  const bySession = groupBy(inOrder, ({ session }) => session);
  const endsByUser = groupBy(
    inOrder.filter(({ kind }) => kind === 'end'),
    ({ user }) => user,
  );
  return [...bySession].flatMap(([session, own]) => {
    const begin = own.find(({ kind, outcome }) => kind === 'begin' && outcome === 'ok');
    if (begin === undefined) return [];
    const fate = fateOf(begin, endsByUser.get(begin.user) ?? [], limits.lateMs);
    return [{ session, begin, operations: own, fate, limits, faults }];
  });
}

/** Whether a primary may have fallen between two moments, and with it what was not acknowledged. */
export function mayHaveLost({ faults, limits }: Dossier, fromMs: number, untilMs: number): boolean {
  return faults.some(
    ({ losesUnacknowledged, startMs, endMs }) =>
      losesUnacknowledged && startMs <= untilMs && fromMs <= endMs + limits.settleMs,
  );
}

/** Whether it may have changed something. */
export function mayHaveHappened({ outcome }: Operation): boolean {
  return outcome === 'ok' || outcome === 'unknown';
}

/**
 * Whether it may have changed the session's data. A service that is not sure that a change was kept repeats it, and may learn
 * by then that the session is over: what is refused with that reason may have happened just before.
 */
export function mayHaveChangedData(operation: Operation): boolean {
  return mayHaveHappened(operation) || operation.because !== undefined;
}

function groupBy<T>(all: readonly T[], key: (one: T) => string | undefined): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const name = key(one);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  return groups;
}
