import { beforeEach, describe, expect, it } from '@jest/globals';
import { Calm } from './calm.js';

describe('calm', () => {
  let calm: Calm<'read' | 'write'>;
  beforeEach(() => {
    calm = new Calm(['read', 'write'], { quietMs: 3_000, freshMs: 1_000 });
  });

  it('is where every kind succeeded just now', () => {
    calm.note('read', false, 100);
    expect(calm.isAt(100)).toBe(false);
    calm.note('write', false, 200);
    expect(calm.isAt(300)).toBe(true);
  });

  it('is not where one kind hangs, though nothing fails', () => {
    calm.note('write', false, 0);
    calm.note('read', false, 1_200);
    expect(calm.isAt(1_200)).toBe(false);
  });

  it('comes back only a while after the last failure', () => {
    calm.note('read', true, 1_000);
    for (const at of [3_900, 4_000]) {
      calm.note('read', false, at);
      calm.note('write', false, at);
    }
    expect(calm.isAt(3_999)).toBe(false);
    expect(calm.isAt(4_000)).toBe(true);
  });
});
