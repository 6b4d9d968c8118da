import { describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { newTotpKey, stepOf } from './totp.js';

/** RFC 6238, appendix B: the key of its SHA-1 vectors, and the last six of their eight digits. */
const KEY = Secret.fromLatin1('12345678901234567890').base32;
const VECTORS: readonly (readonly [number, string])[] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_234_567_890, '005924'],
  [20_000_000_000, '353130'],
];

describe('stepOf', () => {
  it.each(VECTORS)('finds the step of the RFC’s code at second %i', (second, code) => {
    expect(stepOf(code, KEY, second * 1_000)).toBe(Math.floor(second / 30));
  });

  it('takes the step before and the one after, and none further off', () => {
    const totp = new TOTP({ secret: Secret.fromBase32(KEY) });
    const now = 1_234_567_890_000;
    const step = Math.floor(now / 30_000);
    for (const [delta, found] of [
      [-2, undefined],
      [-1, step - 1],
      [0, step],
      [1, step + 1],
      [2, undefined],
    ] as const) {
      expect(stepOf(totp.generate({ timestamp: now + delta * 30_000 }), KEY, now)).toBe(found);
    }
  });

  it.each(['', '28708', '2870822', '28708a', '-87082', '      '])('finds none for %j', (code) => {
    expect(stepOf(code, KEY, 59_000)).toBeUndefined();
  });
});

describe('newTotpKey', () => {
  it('is 160 random bits, as text and as the URI that an authenticator app reads', () => {
    const { secret, uri } = newTotpKey('ada+test@example.test');
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpKey('ada@example.test').secret).not.toBe(secret);
    const { protocol, host, pathname, searchParams } = new URL(uri);
    expect([protocol, host]).toEqual(['otpauth:', 'totp']);
    expect(decodeURIComponent(pathname)).toBe('/Holdfast:ada+test@example.test');
    expect(Object.fromEntries(searchParams)).toEqual({
      issuer: 'Holdfast',
      secret,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});
