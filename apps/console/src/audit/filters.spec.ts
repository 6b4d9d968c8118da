import { describe, expect, it } from '@jest/globals';
import { filtersOf, queryString } from './filters.js';
import { eventWords } from './words.js';

describe('the filters of the trail', () => {
  it('are in the address, blanks cut, and ask only for what is given', () => {
    const filters = filtersOf(new URLSearchParams({ userId: ' u1 ', type: 'sign-in', tab: '' }));
    expect(filters).toEqual({ userId: 'u1', sessionId: '', type: 'sign-in', outcome: '' });
    expect(queryString({ ...filters, cursor: 'a/b' })).toBe('userId=u1&type=sign-in&cursor=a%2Fb');
  });
});

describe('an event of the trail', () => {
  it('is told in words, with its reason; one that is new as it came', () => {
    expect(eventWords({ type: 'session-ended', endedBecause: 'token-reuse' })).toBe(
      'Session ended: token used twice',
    );
    expect(eventWords({ type: 'sign-in' })).toBe('Signed in');
    expect(eventWords({ type: 'new-thing' as 'sign-in' })).toBe('new-thing');
  });
});
