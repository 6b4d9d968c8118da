import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeEntry, entryIdOf, follows, isAsFarAs } from './journal-entry.js';

const anyNumber = fc.nat(2 ** 40);
const anyId = fc.tuple(anyNumber, fc.nat(5)).map(([term, count]) => `${term}-${count}`);

describe('an entry of the journal', () => {
  it('rule 3: has an id of its term and its count; none is before everything', () => {
    expect(entryIdOf('7-42')).toEqual({ term: 7, count: 42 });
    expect(entryIdOf('')).toEqual({ term: 0, count: 0 });
  });

  it.each([
    ['5-3', '5-2', true],
    ['5-10', '5-9', true],
    ['5-4', '5-2', false],
    ['5-2', '5-2', false],
    ['5-1', '5-2', false],
    ['6-0', '5-2', false],
    ['6-3', '5-2', false],
  ])('rule 6: comes right after another one of its term only: %s after %s: %s', (id, before, isNext) => {
    expect(follows(id, before)).toBe(isNext);
  });

  it('rule 12: is as far as another one only within its term', () => {
    fc.assert(
      fc.property(anyId, anyId, (id, other) => {
        const [one, two] = [entryIdOf(id), entryIdOf(other)];
        expect(isAsFarAs(id, other)).toBe(one.term === two.term && one.count >= two.count);
        expect(isAsFarAs('', other)).toBe(two.term === 0 && two.count === 0);
      }),
    );
  });

  it('says which sessions have ended, why and when', () => {
    expect(decodeEntry(['ended', 'password-changed 123 a b'])).toEqual({
      kind: 'ended',
      names: ['a', 'b'],
      ended: { state: 'ended', because: 'password-changed', endedAt: 123 },
    });
  });

  it('says which sessions have changed', () => {
    expect(decodeEntry(['changed', 'a b'])).toEqual({ kind: 'changed', names: ['a', 'b'] });
  });

  it('says that something was missed where it is of a kind that is not known', () => {
    for (const fields of [['term', 'x'], ['later', 'a'], []]) {
      expect(decodeEntry(fields)).toEqual({ kind: 'term' });
    }
  });
});
