import { label, picture } from '@holdfast/charts';
import { bucketsOf, STEP_MS, type Bucket } from './buckets.js';
import { LATE_MS } from './statistics.js';
import type { Timeline } from './trial.js';

const HEIGHT = 360;
const PLOT = { left: 56, top: 88, width: 880, height: 212 };
const [FROM_MS, UNTIL_MS] = [-2_000, 8_000];
const SECOND_MS = 1_000;

const x = (ms: number): number => PLOT.left + ((ms - FROM_MS) / (UNTIL_MS - FROM_MS)) * PLOT.width;
const bottom = PLOT.top + PLOT.height;

/** Draws how requests were answered from 2 s before a fault to 8 s after it: one bar each 100 ms. */
export function timelineSvg(title: string, timeline: Timeline): string {
  const buckets = bucketsOf(timeline.answers, FROM_MS, UNTIL_MS);
  const most = Math.max(10, ...buckets.map(({ ok, late, failed }) => ok + late + failed));
  return picture(title, HEIGHT, [
    ...axes(most),
    ...buckets.flatMap((bucket) => bars(bucket, most)),
    ...timeline.retriedAtMs.flatMap(retried),
    ...marks(timeline),
    ...legend(),
  ]);
}

function axes(most: number): string[] {
  const lines = [0.5, 1].flatMap((part) => {
    const y = bottom - part * PLOT.height;
    return [
      `<path class="grid" d="M${PLOT.left} ${y}h${PLOT.width}"/>`,
      label({
        x: PLOT.left - 8,
        y: y + 4,
        words: String(Math.round(part * most)),
        look: 'text-anchor="end"',
      }),
    ];
  });
  const seconds = Array.from(
    { length: (UNTIL_MS - FROM_MS) / SECOND_MS + 1 },
    (_none, at) => FROM_MS + at * SECOND_MS,
  );
  const ticks = seconds.map((ms) =>
    label({ x: x(ms), y: bottom + 18, words: `${ms / SECOND_MS} s`, look: 'text-anchor="middle"' }),
  );
  return [...lines, `<path class="axis" d="M${PLOT.left} ${bottom}h${PLOT.width}"/>`, ...ticks];
}

function bars(bucket: Bucket, most: number): string[] {
  const width = (STEP_MS / (UNTIL_MS - FROM_MS)) * PLOT.width - 1;
  let y = bottom;
  return (['ok', 'late', 'failed'] as const).flatMap((kind) => {
    if (bucket[kind] === 0) return [];
    const height = (bucket[kind] / most) * PLOT.height;
    y -= height;
    const place = `x="${x(bucket.fromMs).toFixed(1)}" y="${y.toFixed(1)}"`;
    return [`<rect class="${kind}" ${place} width="${width.toFixed(1)}" height="${height.toFixed(1)}"/>`];
  });
}

/** A dot on the time line: the gateway has asked another instance for an answer that came then. */
function retried(atMs: number): string[] {
  if (atMs < FROM_MS || atMs > UNTIL_MS) return [];
  return [`<circle class="retried" cx="${x(atMs).toFixed(1)}" cy="${bottom}" r="3"/>`];
}

function marks({ electedAtMs, firstWriteAtMs }: Timeline): string[] {
  const all: [number | undefined, string][] = [
    [0, 'kill -9'],
    [electedAtMs, 'new primary elected'],
    [firstWriteAtMs, 'first write answered'],
  ];
  return all.flatMap(([atMs, what], row) => {
    if (atMs === undefined || atMs > UNTIL_MS) return [];
    const y = PLOT.top - 42 + row * 16;
    const words = row === 0 ? what : `${what}, ${(atMs / SECOND_MS).toFixed(2)} s`;
    return [
      `<path class="mark" d="M${x(atMs).toFixed(1)} ${y - 8}V${bottom}"/>`,
      label({ x: x(atMs) + 5, y: y + 2, words }),
    ];
  });
}

function legend(): string[] {
  const entries = [
    ['ok', 'answered'],
    ['late', `answered late: over ${LATE_MS} ms`],
    ['failed', 'refused (503) or failed'],
    ['retried', 'a retry elsewhere'],
  ] as const;
  return entries.flatMap(([kind, words], at) => {
    const left = PLOT.left + at * 230;
    return [
      `<rect class="${kind}" x="${left}" y="${HEIGHT - 28}" width="12" height="12"/>`,
      label({ x: left + 18, y: HEIGHT - 17, words }),
    ];
  });
}
