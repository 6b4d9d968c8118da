import { mayHaveHappened, type Dossier } from './dossier.js';
import type { Operation } from './operation.js';
import type { Violation } from './violation.js';

const NO_SESSION = new Set(['ERR_UNAUTHENTICATED', 'ERR_SESSION_ENDED', 'invalid_grant']);
/** A refusal that says nothing of the session. */
const LATER = 'ERR_RATE_LIMITED';

/** Nobody is signed out, or taken for a thief, whose session nothing can have ended. */
export function checkRefusals(dossier: Dossier): readonly Violation[] {
  const { operations, session, begin } = dossier;
  for (const refusal of operations) {
    if (refusal.outcome !== 'refused' || refusal.code === LATER) continue;
    const breach = judge(dossier, refusal);
    if (breach === undefined) continue;
    const says = `${session}: ${refusal.kind} was refused with ${refusal.code ?? 'no code'}, ${breach.why}`;
    return [{ rule: breach.rule, says, evidence: [begin, ...lastAccepted(dossier, refusal), refusal] }];
  }
  return [];
}

type Breach = { readonly rule: Violation['rule']; readonly why: string } | undefined;

function judge(dossier: Dossier, refusal: Operation): Breach {
  if (refusal.because === 'token-reuse') {
    return mayLookStolen(dossier, refusal) ? undefined : { rule: 'thief', why: 'and nobody had stolen it' };
  }
  if (!NO_SESSION.has(refusal.code ?? ''))
    return { rule: 'wrong-refusal', why: 'for which there is no reason' };
  if (dossier.fate.doubtfulFromMs < refusal.endMs || isIdle(dossier, refusal)) return undefined;
  if (refusal.kind === 'refresh' && mayBeOvertaken(dossier, refusal)) return undefined;
  if (refusal.kind !== 'refresh' && (refusal.tokenUntilMs ?? Infinity) <= refusal.endMs) return undefined;
  return { rule: 'signed-out', why: 'and nothing can have ended it' };
}

/** A session counts as stolen by any refresh of it, so that each of them may be the reason. */
function mayLookStolen(dossier: Dossier, refusal: Operation): boolean {
  return dossier.operations.some(
    (each) => each.kind === 'refresh' && each.startMs < refusal.endMs && mayBeOvertaken(dossier, each),
  );
}

/** Whether what a refresh showed may have been out of date: first used too long ago, or overtaken by a step-up. */
function mayBeOvertaken(dossier: Dossier, refresh: Operation): boolean {
  const { operations, limits } = dossier;
  const issuedAtMs = operations.find(({ issued }) => issued === refresh.presented)?.startMs ?? -Infinity;
  return operations.some((each) => {
    if (!mayHaveHappened(each) || each.startMs >= refresh.endMs) return false;
    const overMs = each.endMs + (each.outcome === 'unknown' ? limits.lateMs : 0);
    if (each.kind === 'step-up') return each.issued !== refresh.presented && overMs > issuedAtMs;
    const isSame = each.kind === 'refresh' && each.presented === refresh.presented;
    return isSame && each.startMs + limits.windowMs < refresh.endMs;
  });
}

function isIdle({ operations, limits }: Dossier, { endMs }: Operation): boolean {
  const uses = operations.filter((each) => each.outcome === 'ok' && each.startMs < endMs);
  return uses.every(({ startMs }) => endMs - startMs > limits.idleMs);
}

function lastAccepted({ operations, begin }: Dossier, { startMs }: Operation): readonly Operation[] {
  const before = operations.filter((each) => each.outcome === 'ok' && each.endMs <= startMs);
  const last = before.at(-1);
  return last === undefined || last === begin ? [] : [last];
}
