import { checkCounts } from './check-counts.js';
import { checkEnds } from './check-ends.js';
import { checkRefusals } from './check-refusals.js';
import { checkTokens } from './check-tokens.js';
import { checkWrites } from './check-writes.js';
import { dossiersOf } from './dossier.js';
import type { History, Operation } from './operation.js';
import { LIMITS, type Limits, type Violation } from './violation.js';

/**
 * Judges a recorded history against the promises: what was ended stays ended, what was acknowledged is there, counts are
 * exact, and nobody is refused without a reason. What has no answer may have happened or not. Pure: the same history always
 * gets the same judgement. At most one violation of a kind for each session.
 */
export function checkHistory(history: History, limits: Partial<Limits> = {}): readonly Violation[] {
  const dossiers = dossiersOf(history, { ...LIMITS, ...limits });
  return [
    ...dossiers.flatMap((dossier) => [
      ...checkEnds(dossier),
      ...checkRefusals(dossier),
      ...checkWrites(dossier),
      ...checkCounts(dossier),
    ]),
    ...checkTokens(history.operations),
    ...history.operations.flatMap(begins),
    ...history.operations.flatMap(unanswered),
  ];
}

/** The right password opens a session. */
function begins(operation: Operation): readonly Violation[] {
  const { kind, outcome, code = 'no code' } = operation;
  if (kind !== 'begin' || outcome !== 'refused' || code === 'ERR_RATE_LIMITED') return [];
  return [{ rule: 'wrong-refusal', says: `a good sign-in was refused with ${code}`, evidence: [operation] }];
}

function unanswered(operation: Operation): readonly Violation[] {
  if (operation.isFinal !== true || operation.outcome === 'ok' || operation.outcome === 'refused') return [];
  const says = `${operation.session ?? ''}: nobody answers, long after the last fault`;
  return [{ rule: 'unanswered', says, evidence: [operation] }];
}
