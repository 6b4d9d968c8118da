import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Sealer } from './sealer.js';

const secret = randomBytes(32).toString('base64url');

describe('Sealer', () => {
  it('opens what it sealed, whatever the text', () => {
    const sealer = Sealer.fromSecret(secret, 'one');
    for (const clear of ['', 'a', 'é🔑\u0000'])
      expect(sealer.open('row', sealer.seal('row', clear))).toBe(clear);
  });

  it('opens nothing that was sealed for another purpose or another row', () => {
    const sealed = Sealer.fromSecret(secret, 'one').seal('row', 'text');
    expect(Sealer.fromSecret(secret, 'two').open('row', sealed)).toBeUndefined();
    expect(Sealer.fromSecret(secret, 'one').open('other', sealed)).toBeUndefined();
  });
});
