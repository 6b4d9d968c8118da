import { describe, expect, it } from '@jest/globals';
import { barsSvg } from './bars-svg.js';
import { linesSvg } from './lines-svg.js';

const write = (value: number): string => `${value} µs`;

describe('bars', () => {
  const svg = barsSvg({
    title: 'A <chart>',
    series: ['slow', 'fast'],
    rows: [
      { name: 'one', side: 'base', values: [100, 50] },
      { name: 'two', side: 'ours', values: [25, 0] },
    ],
    write,
  });
  const widths = (kind: string): string[] =>
    [...svg.matchAll(new RegExp(`<rect class="${kind}" [^>]*width="([\\d.]+)"`, 'g'))].map(
      ([, width]) => width ?? '',
    );

  it('are as long as their values', () => {
    expect(widths('base')).toEqual(['560.0']);
    expect(widths('base second')).toEqual(['280.0']);
    expect(widths('ours')).toEqual(['140.0']);
    expect(widths('ours second')).toEqual(['0.0']);
  });

  it('say what they are', () => {
    expect(svg).toContain('A &lt;chart>');
    expect(svg).toContain('from above: slow; fast');
    expect(svg).toContain('>25 µs<');
    expect(svg).toContain('prefers-color-scheme: dark');
  });
});

describe('lines', () => {
  const lines = [
    { name: 'flat', side: 'ours', values: [50, 50, 50] },
    { name: 'steep', side: 'other', values: [0, Number.NaN, 100] },
  ] as const;
  const svg = linesSvg({ title: 'By size', steps: ['10', '100', '1,000'], lines, write });

  it('go through their values and leave out what is missing', () => {
    expect([...svg.matchAll(/points="([^"]*)"/g)].map(([, points]) => points)).toEqual([
      '72.0,196.0 352.0,196.0 632.0,196.0',
      '72.0,336.0 632.0,56.0',
    ]);
  });

  it('keep their names apart', () => {
    const twins = [0, 1, 2].map((n) => ({ name: `line ${n}`, side: 'other', values: [10, 10] }) as const);
    const drawn = linesSvg({ title: '', steps: ['a', 'b'], lines: twins, write });
    const heights = [...drawn.matchAll(/y="([\d.]+)">line/g)].map(([, y]) => Number(y));
    expect(heights).toEqual([60, 77, 94]);
  });
});
