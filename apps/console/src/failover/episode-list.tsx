import { episodesOf, type Mark } from '../events/timeline.js';
import { duration } from '../format/time.js';
import { Badge } from '../ui/badge.js';

const SHOWN = 5;

/** What became of what was broken here. */
export function EpisodeList({ marks }: { readonly marks: readonly Mark[] }) {
  const episodes = episodesOf(marks).slice(0, SHOWN);
  if (episodes.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="episodes">
      <h2 id="episodes">What it took</h2>
      <ul className="lines">
        {episodes.map(({ fault, detectedAfterMs, recoveredAfterMs }) => (
          <li key={fault.id} className="row spread wrap">
            <strong>{fault.text}</strong>
            <span className="row wrap">
              <Step name="noticed" afterMs={detectedAfterMs} tone="warn" />
              {recoveredAfterMs === undefined && fault.lastsMs !== undefined ? (
                <Badge>lasts {duration(fault.lastsMs)}</Badge>
              ) : (
                <Step name="recovered" afterMs={recoveredAfterMs} tone="ok" />
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface StepProps {
  readonly name: string;
  readonly afterMs: number | undefined;
  readonly tone: 'ok' | 'warn';
}

function Step({ name, afterMs, tone }: StepProps) {
  if (afterMs === undefined) return <Badge>not {name} yet</Badge>;
  return <Badge tone={tone}>{`${name} after ${duration(afterMs)}`}</Badge>;
}
