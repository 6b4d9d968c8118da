import type { MarkKind } from '../events/timeline.js';

/** A shape for each kind of thing that happens, in a field of 16 by 16 around its middle. */
const SHAPES: Readonly<Record<MarkKind, string>> = {
  fault: 'M-5-5L5 5M5-5L-5 5',
  detected: 'M0-6L6 5H-6z',
  elected: 'M0-6l6 6-6 6-6-6z',
  recovered: 'M-6 0l4 4L6-5',
  drained: 'M-3-5V5M3-5V5',
  session: 'M-4-4h8v8h-8z',
  key: 'M0-5a5 5 0 1 0 0 10A5 5 0 0 0 0-5z',
};

/** What the kinds are called. */
export const MARK_NAMES: Readonly<Record<MarkKind, string>> = {
  fault: 'broken',
  detected: 'noticed',
  elected: 'elected',
  recovered: 'recovered',
  drained: 'draining',
  session: 'sessions ended',
  key: 'key rotated',
};

/** The shape of a kind, as part of a larger picture. */
export function MarkGlyph({ kind }: { readonly kind: MarkKind }) {
  return <path className={`mark ${kind}`} d={SHAPES[kind]} />;
}

/** The shape of a kind, for a line of text. */
export function MarkIcon({ kind }: { readonly kind: MarkKind }) {
  return (
    <svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true" className="mark-icon">
      <MarkGlyph kind={kind} />
    </svg>
  );
}
