import { problemSchema } from '@holdfast/contracts';
import { describe, expect, it } from '@jest/globals';
import type { EndedBecause } from '../api/contracts.js';
import { shortReason, whyEnded } from './why-ended.js';

const REASONS = problemSchema.shape.endedBecause.unwrap().options;

describe('why a session ended', () => {
  it('is explained for every reason that the platform gives, each in its own words', () => {
    const titles = REASONS.map((reason) => whyEnded(reason).title);
    expect(new Set(titles).size).toBe(REASONS.length);
    expect(titles).not.toContain(whyEnded('unheard-of' as EndedBecause).title);
    expect(REASONS.map(shortReason).filter((text, index) => text === REASONS[index])).toEqual([]);
  });

  it('is alarming where somebody else did it', () => {
    expect(REASONS.filter((reason) => whyEnded(reason).isAlarming)).toEqual([
      'revoked',
      'password-changed',
      'account-disabled',
      'token-reuse',
    ]);
  });

  it('is named as it came where a newer platform gives a reason that this page does not know', () => {
    expect(whyEnded('moved' as EndedBecause).text).toContain('“moved”');
    expect(shortReason('moved' as EndedBecause)).toBe('moved');
  });
});
