import { mayHaveChangedData, mayHaveLost, type Dossier } from './dossier.js';
import type { Operation } from './operation.js';
import type { Violation } from './violation.js';

/** An answer that showed the preference, and who wrote what it showed; nobody, where there was none yet. */
interface Reading {
  readonly by: Operation;
  readonly writer: Operation | undefined;
}

/**
 * A read shows the last write that was acknowledged before it was asked, or one at the same time or later; nothing that
 * nobody wrote; and never something older than an earlier read did, but for what fell with a primary unacknowledged.
 */
export function checkWrites(dossier: Dossier): readonly Violation[] {
  const writes = dossier.operations.filter((each) => each.kind === 'write' && mayHaveChangedData(each));
  const byValue = new Map(writes.map((write) => [write.wrote, write]));
  const readings: Reading[] = [];
  for (const by of dossier.operations) {
    const value = by.outcome === 'ok' ? by.saw?.preference : undefined;
    if (value === undefined) continue;
    const writer = value === null ? undefined : byValue.get(value);
    if (value !== null && (writer === undefined || writer.startMs >= by.endMs)) return [phantom(dossier, by)];
    const reading = { by, writer };
    const breach = lostWrite(dossier, reading, writes) ?? wentBack(dossier, reading, readings);
    if (breach !== undefined) return [breach];
    readings.push(reading);
  }
  return [];
}

function phantom({ session }: Dossier, by: Operation): Violation {
  const says = `${session} shows ${by.saw?.preference ?? 'nothing'}, which nobody can have written before`;
  return { rule: 'phantom-write', says, evidence: [by] };
}

function lostWrite(
  dossier: Dossier,
  { by, writer }: Reading,
  writes: readonly Operation[],
): Violation | undefined {
  const shownMs = doneMs(dossier, writer);
  const lost = writes.find(
    (write) => write.outcome === 'ok' && shownMs < write.startMs && write.endMs < by.startMs,
  );
  if (lost === undefined) return undefined;
  const says = `${dossier.session} shows ${writer?.wrote ?? 'nothing'}, and ${lost.wrote ?? ''} was acknowledged since`;
  return { rule: 'lost-write', says, evidence: [...(writer === undefined ? [] : [writer]), lost, by] };
}

/** Some earlier read saw another value, at a time when what is shown now was in effect already. */
function wentBack(
  dossier: Dossier,
  { by, writer }: Reading,
  earlier: readonly Reading[],
): Violation | undefined {
  const seen = earlier.filter((other) => other.writer === writer).map((other) => other.by.endMs);
  const knownMs = Math.min(doneMs(dossier, writer), ...seen);
  const newer = earlier.find(
    (other) =>
      other.writer !== writer &&
      knownMs < other.by.startMs &&
      other.by.endMs < by.startMs &&
      !mayHaveLost(dossier, other.by.startMs, by.endMs),
  );
  if (newer === undefined) return undefined;
  const says = `${dossier.session} showed ${newer.writer?.wrote ?? 'nothing'}, and the older ${writer?.wrote ?? 'nothing'} afterwards`;
  return { rule: 'went-back', says, evidence: [...(writer === undefined ? [] : [writer]), newer.by, by] };
}

/** When a write has surely happened or never will. */
function doneMs({ limits }: Dossier, write: Operation | undefined): number {
  if (write === undefined) return -Infinity;
  return write.endMs + (write.outcome === 'unknown' ? limits.lateMs : 0);
}
