import type { Mark } from '../events/timeline.js';
import { clock } from '../format/time.js';
import { Empty } from '../ui/empty.js';
import { MarkIcon } from './mark-shape.js';

const SHOWN = 40;

/** What happened, newest first. */
export function MarkList({ marks }: { readonly marks: readonly Mark[] }) {
  const latest = marks.slice(-SHOWN).reverse();
  return (
    <section className="card stack" aria-labelledby="marks">
      <h2 id="marks">What happened</h2>
      {latest.length === 0 && (
        <Empty icon="failover" title="All is quiet">
          Events appear here as they happen.
        </Empty>
      )}
      <ol className="marks" aria-live="polite">
        {latest.map(({ id, kind, at, text, times }) => (
          <li key={id} data-mark={kind}>
            <time className="num muted small" dateTime={new Date(at).toISOString()}>
              {clock(at, true)}
            </time>
            <MarkIcon kind={kind} />
            <span>
              {text} {times > 1 && <span className="muted small">(seen by {times})</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
