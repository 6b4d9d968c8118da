import { label, picture } from './svg.js';

/** Whose a bar is: ours, what all are compared with, somebody else's. */
export type Side = 'ours' | 'base' | 'other';

/** One contender's bars, one for each series. */
export interface Bars {
  readonly name: string;
  readonly side: Side;
  readonly values: readonly number[];
}

/** What is drawn. */
export interface BarChart {
  readonly title: string;
  /** What the bars of each contender are, from above, if there are several. */
  readonly series: readonly string[];
  readonly rows: readonly Bars[];
  readonly write: (value: number) => string;
}

const LEFT = 300;
const WIDTH = 560;
const BAR = 16;
const GAP = 12;

/** Draws lying bars: a row for each contender, a bar for each of its values. */
export function barsSvg({ title, series, rows, write }: BarChart): string {
  const most = Math.max(...rows.flatMap(({ values }) => values), Number.MIN_VALUE);
  const rowHeight = series.length * BAR + GAP;
  const top = series.length > 1 ? 70 : 48;
  const drawn = rows.flatMap(({ name, side, values }, row) => {
    const y = top + row * rowHeight;
    const middle = y + (values.length * BAR) / 2 + 4;
    return [
      label({ x: LEFT - 10, y: middle, words: name, look: 'text-anchor="end"' }),
      ...values.flatMap((value, at) => bar({ y: y + at * BAR, at, side }, value / most, write(value))),
    ];
  });
  const legend =
    series.length > 1 ? [label({ x: LEFT, y: 52, words: `from above: ${series.join('; ')}` })] : [];
  return picture(title, top + rows.length * rowHeight + 8, [...legend, ...drawn]);
}

function bar(
  { y, at, side }: { readonly y: number; readonly at: number; readonly side: Side },
  part: number,
  words: string,
): string[] {
  const width = part * WIDTH;
  const kind = at === 0 ? side : `${side} second`;
  return [
    `<rect class="${kind}" x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 2}"/>`,
    label({ x: LEFT + width + 6, y: y + 12, words }),
  ];
}
