import { describe, expect, it } from '@jest/globals';
import { sessionCharts } from './charts.js';
import type { Contender } from './contenders.js';
import { goalRows, lossOf } from './goals.js';
import { sessionReport } from './report.js';
import type { ContenderResult, GroupResult, SessionResults } from './results.js';
import type { Round } from './round.js';

function contender(id: string, sessions: Contender['sessions']): Contender {
  const of = { sessions, endsSessions: sessions !== 'none', isFilled: true };
  return { id, name: `\`${id}\``, setUp: 'as it comes', program: { file: '' }, path: '/me', ...of };
}

const round = (perSecond: number): Round => ({ perSecond, serverMicros: 1e6 / perSecond, executed: 1 });

function result(of: Contender, perSecond: readonly number[], sent: number): ContenderResult {
  const rates = [100, 1_000].map((rate) => ({ perSecond: rate, sent, executed: 4 * sent }));
  return {
    contender: of,
    rounds: perSecond.map(round),
    rates,
    logoutsMs: !of.endsSessions ? [] : [2, undefined, 4],
  };
}

const bare = contender('bare', 'none');
const hybrid = contender('hybrid', 'holdfast');
const onNestAlone = { ...contender('hybrid-alone', 'holdfast'), isFilled: false };
const onFastifyAlone = { ...contender('hybrid-fastify', 'holdfast'), isFilled: false };
const express = contender('express-session', 'own');
const nestExpress = contender('nest-express-session', 'own');
const fastify = contender('fastify-session', 'own');

function population(size: number, ofHybrid: number): GroupResult['populations'][number] {
  return {
    size,
    bytesEach: new Map([[hybrid, 700]]),
    inUse: new Map([
      [bare, [round(1_000)]],
      [hybrid, [round(ofHybrid)]],
    ]),
    neverSeen: new Map([[hybrid, [round(500)]]]),
  };
}

const withOpen: GroupResult = {
  contenders: [result(bare, [1_000, 500], 0), result(hybrid, [850, 425], 0.02)],
  populations: [population(10_000, 850), population(100_000, 800)],
};
const libraries: GroupResult = {
  contenders: [
    // Slower than in its own group: what it is compared with there counts.
    result(bare, [10, 5], 0),
    result(onNestAlone, [880, 440], 0.02),
    result(onFastifyAlone, [990, 495], 0.02),
    result(fastify, [300, 150], 2),
    result(express, [100, 50], 2),
    result(nestExpress, [80, 40], 2),
  ],
  populations: [],
};

const results: SessionResults = {
  groups: [withOpen, libraries],
  nearCacheHitMicros: 0.7,
  notes: ['A machine.'],
};

describe('the goals', () => {
  it('are judged by the medians of ratios', () => {
    expect(goalRows(results).map(({ result: came }) => came)).toEqual([
      '0.850, met',
      '11.000, met',
      '9.900, met',
      '2.933, **missed**',
      '0.059, met',
      '0.020, met',
      '0.020, **missed**',
      '0.700, met',
    ]);
  });

  it('say so where there is nothing to judge', () => {
    const without = { ...results, groups: [] };
    expect(new Set(goalRows(without).map(({ result: came }) => came))).toEqual(
      new Set(['no `hybrid` in this run']),
    );
    const { nearCacheHitMicros: _unmeasured, ...rest } = results;
    const alone = { ...rest, groups: [{ populations: [], contenders: withOpen.contenders.slice(1) }] };
    expect(goalRows(alone).map(({ result: came }) => came)).toEqual([
      ...Array.from({ length: 8 }, () => 'not measured'),
    ]);
  });

  it('see the largest loss, wherever it is', () => {
    expect(lossOf([0.8, 0.9, 0.72])).toBeCloseTo(0.2);
    expect(lossOf([0.7, 0.8])).toBe(0);
    expect(lossOf([0.7])).toBeUndefined();
  });
});

describe('the document', () => {
  const text = sessionReport(results);

  it('has a row for each contender', () => {
    expect(text).toContain('| `hybrid` | 638 | 425–850 | 0.85 | 0.85–0.85 | 0.85 | – | – | 1764.7 |');
    expect(text).toContain(
      '| `hybrid-alone` | 660 | 440–880 | 88.00 | 88.00–88.00 | 88.00 | 8.80 | 2.93 | 1704.5 |',
    );
    expect(text).toContain('| `hybrid` | 0.020 | 0.020 | 0.080 | 0.080 | 1.000 |');
    expect(text).toContain('| `hybrid` | 700 | 1176.5 | 1250.0 | 0.85 | 0.80 |');
    expect(text).toContain('| `hybrid`, token never seen |  | 2000.0 | 2000.0 |  |  |');
    expect(text).toContain('| `hybrid` | 3.0 | 2.0 | 4.0 | 1 of 3 |');
  });

  it('shows each of its pictures', () => {
    for (const [name, svg] of Object.entries(sessionCharts(results))) {
      expect(text).toContain(`](${name})`);
      expect(svg).toMatch(/^<svg [\s\S]*hybrid[\s\S]*<\/svg>\n$/);
    }
  });
});
