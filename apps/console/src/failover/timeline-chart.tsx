import type { Mark, MarkKind } from '../events/timeline.js';
import { clock } from '../format/time.js';
import { useNow } from '../ui/use-now.js';
import { useWidth } from '../ui/use-width.js';
import { ChartBars } from './chart-bars.js';
import { LatencyLine } from './latency-line.js';
import { MARK_NAMES, MarkGlyph, MarkIcon } from './mark-shape.js';
import { secondsOf, type Sample } from './samples.js';

/** The picture shows so many seconds. */
const SECONDS = 90;
const LANE = 34;
const BARS = 120;
const LATENCY = 84;
const GAP = 18;
const AXIS = 20;
const HEIGHT = LANE + BARS + GAP + LATENCY + AXIS;
const TICKS = [90, 60, 30, 0];

interface TimelineChartProps {
  readonly marks: readonly Mark[];
  readonly samples: readonly Sample[];
}

/** What happened, above what it did to the requests, on one axis of time. */
export function TimelineChart({ marks, samples }: TimelineChartProps) {
  const now = useNow(500);
  const { element, width } = useWidth<HTMLDivElement>();
  const seconds = secondsOf(samples, now, SECONDS);
  const from = now - SECONDS * 1_000;
  const x = (at: number) => ((at - from) / (SECONDS * 1_000)) * width;
  const shown = marks.filter(({ at }) => at >= from);
  return (
    <section className="card" aria-label="Timeline of the last 90 seconds">
      <div ref={element}>
        <svg width={width} height={HEIGHT} className="chart" role="img" aria-label={summaryOf(shown)}>
          <g transform={`translate(0 ${LANE})`}>
            <ChartBars seconds={seconds} x={x} width={width} height={BARS} />
          </g>
          <g transform={`translate(0 ${LANE + BARS + GAP})`}>
            <LatencyLine seconds={seconds} x={x} width={width} height={LATENCY} />
          </g>
          {shown.map((mark) => (
            <g key={mark.id} transform={`translate(${x(mark.at)} 0)`}>
              <line className={`mark-line ${mark.kind}`} y1="24" y2={HEIGHT - AXIS} />
              <g transform="translate(0 12)">
                <MarkGlyph kind={mark.kind} />
              </g>
              <title>{`${clock(mark.at, true)} ${mark.text}`}</title>
            </g>
          ))}
          {TICKS.map((ago) => (
            <text
              key={ago}
              className="tick"
              x={x(now - ago * 1_000)}
              y={HEIGHT - 4}
              textAnchor={anchorOf(ago)}
            >
              {ago === 0 ? 'now' : `−${ago} s`}
            </text>
          ))}
        </svg>
      </div>
      <Legend />
    </section>
  );
}

function anchorOf(ago: number): 'start' | 'middle' | 'end' {
  if (ago === 0) return 'end';
  return ago === SECONDS ? 'start' : 'middle';
}

function summaryOf(marks: readonly Mark[]): string {
  const latest = marks.at(-1);
  return latest ? `${marks.length} things happened; the latest: ${latest.text}` : 'Nothing happened';
}

const KINDS = Object.entries(MARK_NAMES) as [MarkKind, string][];

function Legend() {
  return (
    <ul className="legend small muted">
      <li>
        <i className="swatch good" /> answered
      </li>
      <li>
        <i className="swatch retried" /> retried
      </li>
      <li>
        <i className="swatch failed" /> failed
      </li>
      {KINDS.map(([kind, name]) => (
        <li key={kind}>
          <MarkIcon kind={kind} /> {name}
        </li>
      ))}
    </ul>
  );
}
