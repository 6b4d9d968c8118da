import { duration } from '../format/time.js';
import { totalsOf, type Sample } from './samples.js';
import { rate, samples } from './traffic.js';

const RATES = [0, 5, 20, 50];
const LATELY_MS = 60_000;

interface TrafficBarProps {
  readonly perSecond: number;
  readonly seen: readonly Sample[];
}

/** How much this tab asks, and what the last minute was like. */
export function TrafficBar({ perSecond, seen }: TrafficBarProps) {
  const since = (seen.at(-1)?.at ?? 0) - LATELY_MS;
  const { requests, failed, retried, p50Ms, p99Ms } = totalsOf(seen.filter(({ at }) => at > since));
  return (
    <section className="card traffic" aria-label="Traffic of this tab">
      <div className="stack tight">
        <span className="muted small" id="rate">
          Requests a second from this tab
        </span>
        <div className="segmented" role="group" aria-labelledby="rate">
          {RATES.map((each) => (
            <button key={each} type="button" aria-pressed={each === perSecond} onClick={() => rate.set(each)}>
              {each === 0 ? 'Off' : each}
            </button>
          ))}
        </div>
      </div>
      <Figure name="last minute" value={requests} />
      <Figure name="failed" value={failed} tone={failed > 0 ? 'bad' : undefined} />
      <Figure name="retried" value={retried} tone={retried > 0 ? 'warn' : undefined} />
      <Figure name="p50" value={p50Ms === undefined ? '–' : duration(p50Ms)} />
      <Figure name="p99" value={p99Ms === undefined ? '–' : duration(p99Ms)} />
      {seen.length > 0 && (
        <button type="button" className="button quiet small" onClick={() => samples.set([])}>
          Clear
        </button>
      )}
    </section>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string | number;
  readonly tone?: 'bad' | 'warn' | undefined;
}

function Figure({ name, value, tone }: FigureProps) {
  return (
    <div className={`figure ${tone ?? ''}`}>
      <strong data-figure={name}>{value}</strong>
      <span className="muted small">{name}</span>
    </div>
  );
}
