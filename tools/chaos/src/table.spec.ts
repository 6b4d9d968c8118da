import { describe, expect, it } from '@jest/globals';
import { cells, markdownTable, tableRows, textTable, type Shown } from './table.js';

const trial: Shown = {
  fault: { name: 'killed', title: 'primary killed', recoversFrom: 'strike', strike: () => Promise.resolve() },
  requests: 1_234,
  failures: [
    ['503', 20],
    ['no answer', 1],
  ],
  verdicts: { kept: 60, lost: 0, undone: 1, theft: 2, surplus: 0, refused: 0, unanswered: 0 },
  longestGapMs: 1_900.4,
  p99Ms: 2_100.6,
  recoveryMs: 2_000.2,
};

describe('the table of trials', () => {
  it('shows failures by status, and times in whole milliseconds', () => {
    expect(cells(trial)).toEqual([
      'primary killed',
      '1234',
      '21 (503 × 20, no answer × 1)',
      '0',
      '1',
      '2',
      '1900',
      '2101',
      '2000',
    ]);
  });

  it('says that nothing failed, and that it has never recovered', () => {
    const row = cells({ ...trial, failures: [], recoveryMs: undefined });
    expect([row[2], row[8]]).toEqual(['0', 'never']);
  });

  it('has its columns in line in a terminal', () => {
    const [head, rule, body] = textTable(tableRows([trial])).split('\n');
    expect(head?.indexOf('requests')).toBe(body?.indexOf('1234'));
    expect(rule).toMatch(/^─+(  ─+){8}$/);
  });

  it('is a Markdown table with a cell for each column', () => {
    const lines = markdownTable([trial]).split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.split('|')).toHaveLength(11);
  });
});
