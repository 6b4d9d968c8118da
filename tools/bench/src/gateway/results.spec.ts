import { describe, expect, it } from '@jest/globals';
import { gatewayCharts } from './charts.js';
import { goalRows } from './goals.js';
import type { ProxyId } from './proxies.js';
import { gatewayReport } from './report.js';
import { betterThanOurs, type GatewayResults } from './results.js';
import { FAULTS } from './scoreboard.js';
import type { TrialResult } from './trial.js';
import { figuresIn } from './wrk.js';

const fine: TrialResult = { sent: 100, failed: 0, reasons: {}, longestGapMs: 20, p99Ms: 20 };
const row = (ours: Partial<TrialResult>, nginx: Partial<TrialResult>) =>
  new Map<ProxyId, TrialResult>([
    ['ours', { ...fine, ...ours }],
    ['nginx', { ...fine, ...nginx }],
  ]);
const round = (micros: number) => ({ micros, perSecond: 1_000, p50Ms: 1, p99Ms: 2, busy: 1 });
const lane = (id: ProxyId, micros: number) => ({ id, name: id, proxy: id, rounds: [round(micros)] });

function results(ours: number, scores = row({}, {})): GatewayResults {
  const [fault] = FAULTS;
  if (fault === undefined) throw new Error('there are no faults');
  return {
    proxies: (['ours', 'nginx'] as const).map((id) => ({ id, name: id, setUp: 'so' })),
    lanes: [lane('ours', ours), lane('nginx', 10)],
    scoreboard: new Map([[fault, scores]]),
    notes: [],
  };
}

describe('what ours is judged by', () => {
  it('is the best where nobody has fewer failures, and times are as good', () => {
    expect(betterThanOurs(row({ longestGapMs: 60, p99Ms: 29 }, {}))).toEqual([]);
    expect(betterThanOurs(row({ p99Ms: 2_000 }, { failed: 1 }))).toEqual([]);
  });

  it('is not where somebody has fewer failures, or clearly better times', () => {
    expect(betterThanOurs(row({ failed: 2 }, { failed: 1 }))).toEqual(['2 failed, 1 at the best']);
    expect(betterThanOurs(row({ longestGapMs: 90, p99Ms: 90 }, {}))).toEqual([
      'longest gap 90 ms, nginx 20 ms',
      'p99 90 ms, nginx 20 ms',
    ]);
  });

  it('tells goals that are met from those that are missed, and from what was not measured', () => {
    expect(goalRows(results(20)).map(({ result }) => result)).toEqual(['2.00, met', 'not measured', 'met']);
    const [ofNginx, , board] = goalRows(results(30, row({ failed: 3 }, {})));
    expect(ofNginx?.result).toBe('3.00, **missed**');
    expect(board?.result).toBe('**missed**: 3 failed, 0 at the best');
  });

  it('is on the page, with its pictures', () => {
    const page = gatewayReport(results(30, row({ failed: 3 }, {})));
    expect(page).toContain('| kill -9 of each, GET | **3** of 100; 20 ms; 20 ms | 0; 20 ms; 20 ms |');
    const pictures = gatewayCharts(results(30));
    expect(Object.keys(pictures).every((name) => page.includes(`(${name})`))).toBe(true);
  });
});

describe('the figures of the load', () => {
  it('are the last line of JSON that the program prints', () => {
    const figures = { requests: 5, seconds: 1, p50Ms: 1, p99Ms: 2, failed: 0 };
    expect(figuresIn(`Running 1s test\n  {x\n\n${JSON.stringify(figures)}\n`)).toEqual(figures);
  });

  it('are missed where there are none', () => {
    expect(() => figuresIn('unable to connect')).toThrow('unable to connect');
  });
});
