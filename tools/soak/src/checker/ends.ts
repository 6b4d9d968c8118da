import type { Operation } from './operation.js';

/** An end that surely covers a session, and from when on nothing may accept it. */
export interface SureEnd {
  readonly by: Operation;
  readonly fromMs: number;
}

/** What the ends of a history say of one session. */
export interface Fate {
  /** The first acknowledged end; `undefined` if there is none. */
  readonly ended: SureEnd | undefined;
  /** From when on it may be over, acknowledged or not; `Infinity` if nothing may have ended it. */
  readonly doubtfulFromMs: number;
}

/**
 * Judges which ends are about which sessions. An end of several covers those whose begin was acknowledged before it was
 * asked; one that began at the same time, or while an end without an answer may still have happened, it may have covered.
 */
export function fateOf(begin: Operation, endsOfUser: readonly Operation[], lateMs: number): Fate {
  let ended: SureEnd | undefined;
  let doubtfulFromMs = Infinity;
  for (const end of endsOfUser) {
    if (!mayHaveEnded(end)) continue;
    const cover = coverOf(end, begin, lateMs);
    if (cover === 'none') continue;
    doubtfulFromMs = Math.min(doubtfulFromMs, end.startMs);
    if (cover === 'maybe' || end.outcome !== 'ok') continue;
    const fromMs = end.endMs + (end.boundMs ?? 0);
    if (ended === undefined || fromMs < ended.fromMs) ended = { by: end, fromMs };
  }
  return { ended, doubtfulFromMs };
}

/** A `DELETE` may be repeated by whoever passes it on, and the repetition may meet the session that the first try has ended. */
function mayHaveEnded({ outcome, scope, because }: Operation): boolean {
  const isRepeated = outcome === 'refused' && scope === 'one' && because !== undefined;
  return outcome === 'ok' || outcome === 'unknown' || isRepeated;
}

function coverOf(end: Operation, begin: Operation, lateMs: number): 'sure' | 'maybe' | 'none' {
  const { session } = begin;
  if (end.scope === 'own') return end.session === session ? 'sure' : 'none';
  if (end.scope === 'one') return end.target === session ? 'sure' : 'none';
  if (end.scope === 'others' && end.session === session) return 'none';
  if (begin.endMs <= end.startMs) return 'sure';
  const overMs = end.endMs + (end.outcome === 'unknown' ? lateMs : 0);
  return begin.startMs <= overMs ? 'maybe' : 'none';
}
