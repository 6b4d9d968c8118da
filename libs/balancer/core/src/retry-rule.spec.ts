import { describe, expect, it } from '@jest/globals';
import { isIdempotent, judgeRetry, retryPauseMs } from './retry-rule.js';

const base = { repeatable: true, replayable: true, sentTries: 1 } as const;

describe('judgeRetry', () => {
  it('always retries a refused connection, free of charge', () => {
    expect(judgeRetry({ ...base, failure: 'refused', repeatable: false, sentTries: 9 })).toBe('free');
  });

  it('never retries what cannot be sent again', () => {
    expect(judgeRetry({ ...base, failure: 'refused', replayable: false })).toBe('no');
    expect(judgeRetry({ ...base, failure: 'reset', replayable: false })).toBe('no');
  });

  it.each(['reset', 'timeout', 'turned-away'] as const)(
    'retries after %s only what is safe to repeat',
    (failure) => {
      expect(judgeRetry({ ...base, failure })).toBe('budgeted');
      expect(judgeRetry({ ...base, failure, repeatable: false })).toBe('no');
    },
  );

  it('stops after three tries that were sent', () => {
    expect(judgeRetry({ ...base, failure: 'reset', sentTries: 2 })).toBe('budgeted');
    expect(judgeRetry({ ...base, failure: 'reset', sentTries: 3 })).toBe('no');
  });
});

describe('retryPauseMs', () => {
  it('grows and is jittered from zero', () => {
    expect(retryPauseMs(1, () => 0.5)).toBe(12.5);
    expect(retryPauseMs(2, () => 0.5)).toBe(25);
    expect(retryPauseMs(2, () => 0)).toBe(0);
  });
});

describe('isIdempotent', () => {
  it('knows the methods of RFC 9110 9.2.2', () => {
    expect(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'].every(isIdempotent)).toBe(true);
    expect(['POST', 'PATCH', 'get'].some(isIdempotent)).toBe(false);
  });
});
