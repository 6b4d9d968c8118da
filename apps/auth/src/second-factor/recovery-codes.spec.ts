import { randomBytes } from 'node:crypto';
import { secondFactorCodeSchema } from '@holdfast/contracts';
import { describe, expect, it } from '@jest/globals';
import { newRecoveryCodes, RecoveryCodeHashes } from './recovery-codes.js';

const hashes = new RecoveryCodeHashes(randomBytes(32).toString('base64url'));

describe('recovery codes', () => {
  it('are ten, all different, of 120 bits, in characters that nobody misreads', () => {
    const codes = Array.from({ length: 50 }, newRecoveryCodes);
    for (const ten of codes) expect(ten).toHaveLength(10);
    expect(new Set(codes.flat()).size).toBe(500);
    for (const code of codes.flat())
      expect(code).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){5}[0-9a-hjkmnp-tv-z]{4}$/);
  });

  it('fit where codes are taken', () => {
    for (const code of newRecoveryCodes()) expect(secondFactorCodeSchema.safeParse(code).success).toBe(true);
  });

  it('mean the same however they are typed', () => {
    const meant = hashes.hash('ada', '0123-abcd-1111-0000-zzzz-9999');
    for (const typed of ['0123 ABCD 1111 0000 ZZZZ 9999', 'O123abcdIl1LooOOzzzz9999']) {
      expect(hashes.hash('ada', typed)).toBe(meant);
    }
    expect(hashes.hash('ada', '0123-abcd-1111-0000-zzzz-9998')).not.toBe(meant);
  });

  it('hash differently for another user and under another secret', () => {
    const other = new RecoveryCodeHashes(randomBytes(32).toString('base64url'));
    const all = [hashes.hash('ada', 'code'), hashes.hash('bob', 'code'), other.hash('ada', 'code')];
    expect(new Set(all).size).toBe(3);
  });
});
