import { duration } from '../format/time.js';
import type { Second } from './samples.js';

interface LatencyLineProps {
  readonly seconds: readonly Second[];
  readonly x: (at: number) => number;
  readonly width: number;
  readonly height: number;
}

/** How long answers took: half of them at most p50, nearly all at most p99. The scale is logarithmic: 1 ms to 10 s. */
export function LatencyLine({ seconds, x, width, height }: LatencyLineProps) {
  const y = (ms: number) => height - (Math.log10(Math.min(10_000, Math.max(1, ms))) / 4) * height;
  const path = (of: (second: Second) => number | undefined) => {
    let isDrawing = false;
    return seconds
      .map((second) => {
        const ms = of(second);
        const command = isDrawing ? 'L' : 'M';
        isDrawing = ms !== undefined;
        return ms === undefined ? '' : `${command}${x(second.at + 500).toFixed(1)} ${y(ms).toFixed(1)}`;
      })
      .join('');
  };
  return (
    <>
      {[10, 100, 1_000].map((ms) => (
        <g key={ms} transform={`translate(0 ${y(ms)})`}>
          <line className="grid" x2={width} />
          <text className="tick" y="-3">
            {duration(ms)}
          </text>
        </g>
      ))}
      <path className="curve p99" d={path(({ p99Ms }) => p99Ms)} />
      <path className="curve p50" d={path(({ p50Ms }) => p50Ms)} />
      <line className="base" x2={width} y1={height} y2={height} />
    </>
  );
}
