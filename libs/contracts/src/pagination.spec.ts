import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { cursorOf, idOfCursor } from './pagination.js';

describe('a cursor', () => {
  it('leads back to its entry', () => {
    const id = randomUUID();
    expect(cursorOf(id)).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(idOfCursor(cursorOf(id))).toBe(id);
  });

  it.each(['', 'x', 'A'.repeat(21), 'A'.repeat(23), `${'A'.repeat(21)}B`, `${'A'.repeat(21)}=`])(
    'is not %p',
    (cursor) => {
      expect(() => idOfCursor(cursor)).toThrow(expect.objectContaining({ code: 'ERR_VALIDATION' }));
    },
  );
});
