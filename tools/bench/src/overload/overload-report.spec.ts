import { describe, expect, it } from '@jest/globals';
import { overloadChart, overloadReport } from './overload-report.js';
import type { OverloadRun } from './overload-results.js';

const asked = (count: number, outcome: 'good' | 'shed') =>
  Array.from({ length: count }, (_none, at) => ({
    priority: 'high' as const,
    dueMs: (at * 1_000) / count,
    outcome,
    tookMs: outcome === 'good' ? 50 : 2,
  }));
const run = (good: number): OverloadRun => ({
  name: 'as it is',
  side: 'ours',
  peak: 100,
  calm: asked(50, 'good'),
  overload: [...asked(good, 'good'), ...asked(500 - good, 'shed')],
  after: asked(50, 'good'),
});
const setting = { cores: 2, busy: 1, capacity: 100, times: 5, patienceMs: 1_000, rounds: 3 };

describe('the report of overload', () => {
  it('has ratios, what became of each priority, and whether the goal is met', () => {
    const report = overloadReport([run(90)], setting);
    expect(report).toContain('| as it is | 100 | 90 | 90 % | 18 % | 0 % | 0 % | 50 | 50 | 2 | 0 s |');
    expect(report).toContain('under 5 times the peak (met)');
    expect(overloadReport([run(79)], setting)).toContain('(**missed**)');
  });

  it('draws the seconds one after the other', () => {
    expect(overloadChart([run(90)])).toContain('<polyline class="line ours"');
  });
});
