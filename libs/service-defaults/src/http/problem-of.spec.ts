import { CodedError, ERRORS } from '@holdfast/contracts';
import { SessionEndedError, SessionUnknownError, StoreUnavailableError } from '@holdfast/session-core';
import { describe, expect, it } from '@jest/globals';
import { problemOf } from './problem-of.js';

const withCode = (code: string) => Object.assign(new Error('why'), { code });

describe('problemOf', () => {
  it('lets a coded error speak for itself', () => {
    const error = new CodedError('ERR_RATE_LIMITED', 'Slowly.', { retryAfterSeconds: 7 });
    expect(problemOf(error)).toMatchObject({
      code: 'ERR_RATE_LIMITED',
      detail: 'Slowly.',
      extensions: { retryAfterSeconds: 7 },
    });
  });

  it('says why a session ended', () => {
    const { code, extensions, headers } = problemOf(
      new SessionEndedError({ state: 'ended', because: 'idle', endedAt: 0 }),
    );
    expect([code, extensions]).toEqual([
      'ERR_SESSION_ENDED',
      { endedBecause: 'idle', endedAt: '1970-01-01T00:00:00.000Z' },
    ]);
    expect(headers['www-authenticate']).toContain('invalid_token');
  });

  it.each(['ERR_CREDENTIALS', 'ERR_UNAUTHENTICATED', 'ERR_SESSION_ENDED'] as const)(
    'challenges with %s',
    (code) => {
      expect(problemOf(new CodedError(code, '')).headers['www-authenticate']).toMatch(
        /^Bearer realm="holdfast"/,
      );
    },
  );

  it.each(Object.entries(ERRORS).filter(([, { status }]) => status === 503))(
    'asks to come back for %s',
    (code) => {
      expect(problemOf(withCode(code)).extensions.retryAfterSeconds).toBe(1);
    },
  );

  it('does not show the message of an error that was not meant for clients', () => {
    const problem = problemOf(new StoreUnavailableError('redis://u:hunter2@h'));
    expect([problem.code, JSON.stringify(problem).includes('hunter2')]).toEqual([
      'ERR_STORE_UNAVAILABLE',
      false,
    ]);
    expect(problemOf(new SessionUnknownError()).code).toBe('ERR_SESSION_ENDED');
  });

  it('takes a database that is away for 503, also inside another error', () => {
    const cause = withCode('ECONNREFUSED');
    expect(problemOf(new Error('Failed query', { cause })).code).toBe('ERR_UPSTREAM_UNAVAILABLE');
    expect(problemOf(new AggregateError([cause])).code).toBe('ERR_UPSTREAM_UNAVAILABLE');
    expect(problemOf(withCode('57P01')).code).toBe('ERR_UPSTREAM_UNAVAILABLE');
    expect(problemOf(withCode('23505')).code).toBe('ERR_INTERNAL');
  });

  it.each([
    undefined,
    null,
    'text',
    0,
    [],
    {},
    new Error('x'),
    withCode('toString'),
    withCode('__proto__'),
    { code: 7 },
  ])('calls %p a fault of ours', (error) => {
    expect(problemOf(error)).toMatchObject({ code: 'ERR_INTERNAL', detail: ERRORS.ERR_INTERNAL.remedy });
  });
});
