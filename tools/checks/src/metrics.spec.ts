import { describe, expect, it } from '@jest/globals';
import { metrics } from './metrics.js';
import { Repository } from './repository.js';

const FILES = {
  'docs/reference/metrics.md':
    '| metric | type |\n| --- | --- |\n| `holdfast_a_total` | counter |\n| `holdfast_b_seconds` | histogram |\n',
  'docs/guarantees.md': '| id | promise |\n| --- | --- |\n| G1 | it holds |\n',
  'libs/a/src/a.ts': "const a = 'holdfast_a_total'; const b = 'holdfast_b_seconds';",
  'docker/grafana/a.json': '{ "expr": "rate(holdfast_a_total[5m]) / rate(holdfast_b_seconds_count[5m])" }',
  'docker/prometheus/a.rules.yml':
    'groups: [{ rules: [{ alert: A, expr: holdfast_a_total > 0, annotations: { guarantee: G1 } }] }]',
};

const faults = (changes: Partial<typeof FILES> = {}) =>
  metrics.run(Repository.ofFiles({ ...FILES, ...changes }));

describe('the check of metrics', () => {
  it('passes when code, reference, dashboard and rules agree', () => {
    expect(faults()).toEqual([]);
  });

  it('fails for a metric that is shown and not documented, and the other way round', () => {
    const renamed = { 'libs/a/src/a.ts': "const c = 'holdfast_c'; const b = 'holdfast_b_seconds';" };
    expect(faults(renamed)).toEqual([
      expect.stringContaining('holdfast_c is missing'),
      expect.stringContaining('nothing shows holdfast_a_total'),
    ]);
  });

  it.each(['holdfast_gone_total', 'holdfast_a_total_bucket', 'holdfast_b_seconds'])(
    'fails for a dashboard that uses %s, which has no values',
    (name) => {
      expect(faults({ 'docker/grafana/a.json': `{ "expr": "${name}" }` })).toEqual([
        expect.stringContaining(`uses ${name},`),
      ]);
    },
  );

  it.each(['{ guarantee: G99 }', '{ summary: none }'])('fails for an alert with %s', (annotations) => {
    const rules = `groups: [{ rules: [{ alert: A, expr: '1', annotations: ${annotations} }] }]`;
    expect(faults({ 'docker/prometheus/a.rules.yml': rules })).toEqual([expect.stringContaining('A names')]);
  });
});
