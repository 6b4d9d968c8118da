import { problemDocument } from '@holdfast/contracts';
import { describe, expect, it } from '@jest/globals';
import { ApiProblem, codeOf, problemOf } from './problem.js';

describe('an error answer', () => {
  it('is read as the platform writes it', () => {
    const document = problemDocument('ERR_SESSION_ENDED', 'The session has ended.', 'req-1', {
      endedBecause: 'revoked',
      endedAt: '2026-11-21T09:30:00.000Z',
    });
    const problem = problemOf(401, JSON.stringify(document), null);
    expect(problem.facts).toMatchObject({
      code: 'ERR_SESSION_ENDED',
      endedBecause: 'revoked',
      requestId: 'req-1',
    });
    expect(codeOf(problem)).toBe('ERR_SESSION_ENDED');
    expect(problem.isPassing).toBe(false);
  });

  it('says when to come again', () => {
    const document = problemDocument('ERR_RATE_LIMITED', 'Too many.', 'req-1');
    expect(problemOf(429, JSON.stringify(document), '7').facts.retryAfterSeconds).toBe(7);
    expect(problemOf(429, JSON.stringify(document), null).facts.retryAfterSeconds).toBeUndefined();
  });

  it.each(['<html>bad gateway</html>', '', 'null', '[]', '{"code":7}'])(
    'that is no problem document (%s) still has its status',
    (text) => {
      const problem = problemOf(502, text, null);
      expect(problem.facts).toMatchObject({ status: 502, code: 'ERR_INTERNAL' });
      expect(problem.isPassing).toBe(true);
    },
  );

  it('is passing where nobody answered', () => {
    expect(new ApiProblem({ status: 0, code: 'NO_ANSWER', detail: '' }).isPassing).toBe(true);
    expect(codeOf(new TypeError('a fault of ours'))).toBeUndefined();
  });
});
