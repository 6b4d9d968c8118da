import { mayHaveChangedData, mayHaveLost, type Dossier } from './dossier.js';
import type { Operation } from './operation.js';
import type { Violation } from './violation.js';

/** An answer that showed the count. */
interface Reading {
  readonly by: Operation;
  readonly count: number;
}

/**
 * Every reading lies between what was acknowledged before it was asked for and what may have been added before it was
 * answered, and readings never go back, but for what was never acknowledged and fell with a primary.
 */
export function checkCounts(dossier: Dossier): readonly Violation[] {
  const adds = dossier.operations.filter((each) => each.kind === 'add' && mayHaveChangedData(each));
  const readings = dossier.operations.flatMap((by): Reading[] =>
    by.outcome === 'ok' && by.saw?.count !== undefined ? [{ by, count: by.saw.count }] : [],
  );
  for (const reading of readings) {
    const breach = outOfRange(dossier, reading, adds) ?? wentBack(dossier, reading, readings);
    if (breach !== undefined) return [breach];
  }
  return [];
}

function outOfRange(
  { session }: Dossier,
  { by, count }: Reading,
  adds: readonly Operation[],
): Violation | undefined {
  const sure = adds.filter((add) => add === by || (add.outcome === 'ok' && add.endMs <= by.startMs));
  if (count < sure.length) {
    const says = `${session} holds ${count}, and ${sure.length} adds had been acknowledged`;
    return { rule: 'lost-add', says, evidence: [...sure.filter((add) => add !== by), by] };
  }
  const possible = adds.filter((add) => add.startMs < by.endMs);
  if (count <= possible.length) return undefined;
  const says = `${session} holds ${count}, and ${possible.length} adds can have happened`;
  return { rule: 'surplus-add', says, evidence: [...possible.filter((add) => add !== by), by] };
}

function wentBack(
  dossier: Dossier,
  { by, count }: Reading,
  readings: readonly Reading[],
): Violation | undefined {
  const earlier = readings.find(
    (other) =>
      other.count > count &&
      other.by.endMs <= by.startMs &&
      !mayHaveLost(dossier, other.by.startMs, by.endMs),
  );
  if (earlier === undefined) return undefined;
  const says = `${dossier.session} held ${earlier.count}, and ${count} afterwards`;
  return { rule: 'went-back', says, evidence: [earlier.by, by] };
}
