import type { Side } from './bars-svg.js';
import { label, picture } from './svg.js';

/** One contender's line. */
export interface Line {
  readonly name: string;
  readonly side: Side;
  /** A value for each step of the axis; `NaN` where there is none. */
  readonly values: readonly number[];
}

/** What is drawn. */
export interface LineChart {
  readonly title: string;
  /** What stands below the axis, a step each. */
  readonly steps: readonly string[];
  readonly lines: readonly Line[];
  readonly write: (value: number) => string;
}

const PLOT = { left: 72, top: 56, width: 560, height: 280 };
const HEIGHT = PLOT.top + PLOT.height + 40;
/** Names that would touch stand so far apart. */
const LINE_HEIGHT = 17;

/** Draws lines from 0 up, with evenly spaced steps; names stand at the lines' ends. */
export function linesSvg({ title, steps, lines, write }: LineChart): string {
  const most = Math.max(...lines.flatMap(({ values }) => values.filter(Number.isFinite)), Number.MIN_VALUE);
  const x = (at: number): number => PLOT.left + (at / Math.max(1, steps.length - 1)) * PLOT.width;
  const y = (value: number): number => PLOT.top + (1 - value / most) * PLOT.height;
  const axes = [0, 0.5, 1].flatMap((part) => [
    `<path class="${part === 0 ? 'axis' : 'grid'}" d="M${PLOT.left} ${y(part * most)}h${PLOT.width}"/>`,
    label({ x: PLOT.left - 8, y: y(part * most) + 4, words: write(part * most), look: 'text-anchor="end"' }),
  ]);
  const below = steps.map((words, at) =>
    label({ x: x(at), y: PLOT.top + PLOT.height + 20, words, look: 'text-anchor="middle"' }),
  );
  const drawn = lines.map(({ side, values }) => {
    const points = values.flatMap((value, at) =>
      Number.isFinite(value) ? [`${x(at).toFixed(1)},${y(value).toFixed(1)}`] : [],
    );
    return `<polyline class="line ${side}" points="${points.join(' ')}"/>`;
  });
  return picture(title, HEIGHT, [...axes, ...below, ...drawn, ...names(lines, y)]);
}

function names(lines: readonly Line[], y: (value: number) => number): string[] {
  const ends = lines
    .map(({ name, values }) => ({ name, at: y(values.findLast(Number.isFinite) ?? 0) + 4 }))
    .sort((one, other) => one.at - other.at);
  let lowest = -Infinity;
  return ends.map(({ name, at }) => {
    lowest = Math.max(at, lowest + LINE_HEIGHT);
    return label({ x: PLOT.left + PLOT.width + 10, y: lowest, words: name });
  });
}
