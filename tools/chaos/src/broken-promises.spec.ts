import { describe, expect, it } from '@jest/globals';
import { brokenPromises, type Judged } from './broken-promises.js';
import type { Fault } from './fault.js';
import type { Verdict } from './session-book.js';

const FAULT: Fault = {
  name: 'some',
  title: 'something',
  recoversFrom: 'strike',
  strike: () => Promise.resolve(),
};
const NONE: Record<Verdict, number> = {
  kept: 9,
  lost: 0,
  undone: 0,
  theft: 0,
  surplus: 0,
  refused: 0,
  unanswered: 0,
};

function judged(change: Partial<Judged> = {}): Judged {
  return {
    fault: FAULT,
    lostSince: 0,
    failures: [
      ['503', 7],
      ['no answer', 1],
    ],
    notSpared: {},
    verdicts: NONE,
    recoveryMs: 2_000,
    ...change,
  };
}

describe('the promises of a trial', () => {
  it('hold where requests fail for a while and nothing is lost', () => {
    expect(brokenPromises(judged())).toEqual([]);
  });

  it.each(['lost', 'undone', 'theft', 'surplus', 'refused', 'unanswered'] as const)(
    'are broken by one session that is %s',
    (verdict) => {
      expect(brokenPromises(judged({ verdicts: { ...NONE, [verdict]: 1 } }))).toHaveLength(1);
    },
  );

  it('allow lost sessions where the data are gone, but none begun since, and nothing else', () => {
    const fault: Fault = { ...FAULT, mayLose: true };
    expect(brokenPromises(judged({ fault, verdicts: { ...NONE, lost: 60 } }))).toEqual([]);
    expect(brokenPromises(judged({ fault, verdicts: { ...NONE, lost: 60 }, lostSince: 1 }))).toHaveLength(1);
    expect(brokenPromises(judged({ fault, verdicts: { ...NONE, undone: 1 } }))).toHaveLength(1);
  });

  it('are broken where nothing recovers, a kind is not spared, or a forbidden answer comes', () => {
    expect(brokenPromises(judged({ recoveryMs: undefined }))).toEqual([
      'requests failed up to the end: it did not recover',
    ]);
    expect(brokenPromises(judged({ notSpared: { read: 3 } }))).toEqual([
      '3 requests failed of the kind read',
    ]);
    expect(brokenPromises(judged({ fault: { ...FAULT, forbids: /^5/ } }))).toEqual([
      '7 requests were answered 503',
    ]);
  });
});
