/** What a namespace holds: which version wrote last, and a copy of the value for each version that is kept. */
export interface Envelope {
  /** The version that wrote last. Copies of versions up to it say the same; those of newer ones are of before. */
  readonly at: number;
  readonly [version: number]: unknown;
}

/** The stored value as an envelope. A bare value, written before there were envelopes, is one of version 1. */
export function envelopeOf(stored: unknown): Envelope {
  return isEnvelope(stored) ? stored : { at: 1, 1: stored };
}

/** The value as its last writer knows it. */
export function newestOf(stored: unknown): unknown {
  const envelope = envelopeOf(stored);
  return envelope[envelope.at];
}

/** The copies of versions newer than `version`, as they are. */
export function newerThan(version: number, envelope: Envelope): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(envelope).filter(([key]) => Number(key) > version));
}

function isEnvelope(stored: unknown): stored is Envelope {
  if (typeof stored !== 'object' || stored === null || !Object.hasOwn(stored, 'at')) return false;
  const { at, ...copies } = stored as { readonly at: unknown };
  const areVersions = Object.keys(copies).every((key) => /^[1-9]\d*$/.test(key));
  return areVersions && typeof at === 'number' && Object.hasOwn(copies, at);
}

/** The same of each namespace. */
export function newestOfAll(
  data: Readonly<Record<string, { readonly value: unknown }>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).map(([name, { value }]) => [name, newestOf(value)]));
}
