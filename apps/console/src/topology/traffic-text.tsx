import type { TrafficFigures } from './traffic.js';

interface TrafficTextProps extends TrafficFigures {
  /** Where it ends. */
  readonly x: number;
  /** Between its two lines. */
  readonly y: number;
}

/** Traffic in two lines that end at the same place, so that nothing beside them moves when they change. */
export function TrafficText({ tone, rate, times, x, y }: TrafficTextProps) {
  return (
    <g className={`traffic-text ${tone}`} aria-hidden="true">
      <text x={x} y={y - 3} className="traffic-rate">
        {rate}
      </text>
      <text x={x} y={y + 12}>
        {times}
      </text>
    </g>
  );
}
