import { describe, expect, it } from '@jest/globals';
import { timelineSvg } from './timeline-svg.js';

const answers = [
  { dueAtMs: -500, answeredAtMs: -490 },
  { dueAtMs: 100, answeredAtMs: 2_500 },
  { dueAtMs: 200, answeredAtMs: 3_300, reason: '503' },
];
const timeline = { answers, retriedAtMs: [-5_000, 300, 310], electedAtMs: 1_900, firstWriteAtMs: 2_040 };
const count = (svg: string, kind: string): number =>
  [...svg.matchAll(new RegExp(`<rect class="${kind}" [^>]*y="[\\d.]+" width="[\\d.]+" height`, 'g'))].length;

describe('the plot of a failover', () => {
  it('has a bar for each kind of answer beside its legend', () => {
    const svg = timelineSvg('A <failover>', timeline);
    expect(['ok', 'late', 'failed'].map((kind) => count(svg, kind))).toEqual([2, 2, 2]);
    expect(svg).toContain('A &lt;failover>');
  });

  it('marks the kill, the election and the first write, and leaves out what did not happen', () => {
    expect(timelineSvg('', timeline).match(/class="mark"/g)).toHaveLength(3);
    expect(timelineSvg('', timeline)).toContain('new primary elected, 1.90 s');
    const without = timelineSvg('', { ...timeline, electedAtMs: undefined, firstWriteAtMs: undefined });
    expect(without.match(/class="mark"/g)).toHaveLength(1);
  });

  it('has a dot for each retry that it shows the time of', () => {
    expect(timelineSvg('', timeline).match(/<circle class="retried"/g)).toHaveLength(2);
  });

  it('is readable on a dark page too', () => {
    expect(timelineSvg('', timeline)).toContain('prefers-color-scheme: dark');
  });
});
