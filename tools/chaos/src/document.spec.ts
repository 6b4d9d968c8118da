import { describe, expect, it } from '@jest/globals';
import { chaosDocument } from './document.js';
import type { Trial } from './trial.js';

const machine = { cores: 2, node: '20.19.0', redis: '7.0.15' };
const trial: Trial = {
  fault: { name: 'killed', title: 'primary killed', recoversFrom: 'strike', strike: () => Promise.resolve() },
  sessions: 60,
  logouts: 0,
  requests: 100,
  failures: [],
  notSpared: {},
  verdicts: { kept: 60, lost: 0, undone: 0, theft: 0, surplus: 0, refused: 0, unanswered: 0 },
  lostSince: 0,
  stories: [],
  longestGapMs: 1,
  p99Ms: 1,
  recoveryMs: 0,
  timeline: { answers: [], retriedAtMs: [], electedAtMs: undefined, firstWriteAtMs: undefined },
};

describe('the page of the chaos tool', () => {
  it('holds the table and the machine’s cores', () => {
    const text = chaosDocument([trial], machine);
    expect(text).toContain('| primary killed | 100 | 0 | 0 | 0 | 0 | 1 | 1 | 0 |');
    expect(text).toContain('Measured on 2 cores');
    expect(text).toContain('Every promise held.');
    expect(text).toContain('The names for `--only`: `killed`.');
  });

  it('hides no broken promise', () => {
    const lost = { ...trial, verdicts: { ...trial.verdicts, lost: 2 } };
    expect(chaosDocument([lost], machine)).toContain(
      '- primary killed: 2 acknowledged sessions or cart adds are gone',
    );
  });
});
