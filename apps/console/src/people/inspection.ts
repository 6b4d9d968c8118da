import type { InspectedSession } from '../api/contracts.js';
import { plural } from '../format/number.js';
import { dateTime } from '../format/time.js';

const LEVELS = ['guest', 'password', 'second factor, or stepped up'];

/** A level of authentication in words. */
export function levelWords(acr: number): string {
  return `${acr} (${LEVELS[acr] ?? 'unknown'})`;
}

/** How far the chain of refresh tokens has got. */
export function generationWords({
  generation,
  transport,
}: Pick<InspectedSession, 'generation' | 'transport'>) {
  if (generation === undefined) return transport === 'cookie' ? 'none: it has a cookie' : 'unknown';
  return generation === 1
    ? 'the first one'
    : `generation ${generation}, ${plural(generation - 1, 'swap')} so far`;
}

/** Claims by their names, times among them readable. */
export function claimFacts(claims: InspectedSession['claims']): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, claimText(name, value)]));
}

/** Times are seconds (RFC 7519, `NumericDate`). */
function claimText(name: string, value: unknown): string {
  const isTime = typeof value === 'number' && /(_time|_iat|_exp)$/.test(name);
  if (isTime) return `${value} (${dateTime(value * 1_000)})`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
