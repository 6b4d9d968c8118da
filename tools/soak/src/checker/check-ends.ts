import type { Dossier } from './dossier.js';
import type { Operation } from './operation.js';
import type { Violation } from './violation.js';

/** Nothing that was ended is accepted after its end was acknowledged, and nothing that was over comes back. */
export function checkEnds(dossier: Dossier): readonly Violation[] {
  const accepted = dossier.operations.filter(({ outcome, kind }) => outcome === 'ok' && kind !== 'begin');
  return [...acceptedAfterEnd(dossier, accepted), ...cameBack(dossier, accepted)].slice(0, 1);
}

function acceptedAfterEnd(
  { session, begin, fate }: Dossier,
  accepted: readonly Operation[],
): readonly Violation[] {
  const { ended } = fate;
  const late = accepted.find(({ startMs }) => ended !== undefined && startMs > ended.fromMs);
  if (ended === undefined || late === undefined) return [];
  const afterMs = Math.round(late.startMs - ended.fromMs);
  const says = `${session} was accepted by a ${late.kind} that was sent ${afterMs} ms after its end held`;
  return [{ rule: 'accepted-after-end', says, evidence: [begin, ended.by, late] }];
}

function cameBack(
  { session, begin, operations, limits }: Dossier,
  accepted: readonly Operation[],
): Violation[] {
  const over = operations.find(({ outcome, because }) => outcome === 'refused' && because !== undefined);
  const again = accepted.find(({ startMs }) => over !== undefined && startMs > over.endMs + limits.spreadMs);
  if (over === undefined || again === undefined) return [];
  const says = `${session} was refused because it had ended (${over.because ?? ''}), and accepted later`;
  return [{ rule: 'came-back', says, evidence: [begin, over, again] }];
}
