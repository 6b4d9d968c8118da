import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { RefreshTokens, SessionCookies, SessionIds, SessionKeys } from '@holdfast/session-core';
import fc from 'fast-check';

// What the outside sends is parsed by these three: nothing but what we made passes, and nothing makes them throw.

const secret = () => randomBytes(32).toString('base64url');
const ids = new SessionIds(SessionKeys.fromSecret(secret()));
const strangers = new SessionIds(SessionKeys.fromSecret(secret()));
const ring = { activeKeyId: 'k1', keys: { k1: secret() } };
const tokens = new RefreshTokens(ring, ids);
const cookies = new SessionCookies(ids);
const RUNS = { numRuns: 2_000 };

interface Format {
  readonly name: string;
  readonly length: number;
  /** Bytes from here on are a secret: others are well-formed, and open nothing. */
  readonly secretFrom: number;
  readonly genuine: () => string;
  readonly foreign: () => string;
  readonly parse: (text: string) => unknown;
}

const formats: readonly Format[] = [
  {
    name: 'SessionIds',
    length: 64,
    secretFrom: 48,
    genuine: () => ids.mint('ada'),
    foreign: () => strangers.mint('ada'),
    parse: (text) => ids.parse(text),
  },
  {
    name: 'RefreshTokens',
    length: 140,
    secretFrom: 105,
    genuine: () => tokens.first(ids.mint('ada')).token,
    foreign: () =>
      new RefreshTokens({ activeKeyId: 'k1', keys: { k1: secret() } }, ids).first(ids.mint('ada')).token,
    parse: (text) => tokens.parse(text),
  },
  {
    name: 'SessionCookies',
    length: 108,
    secretFrom: 49,
    genuine: () => cookies.mint(ids.mint('ada')).value,
    foreign: () => new SessionCookies(strangers).mint(strangers.mint('ada')).value,
    parse: (text) => cookies.parse(text),
  },
];

const base64url = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');

describe.each(formats)('G16: $name', ({ length, secretFrom, genuine, foreign, parse }) => {
  it('parses what we made, in one spelling', () => {
    for (let i = 0; i < 200; i += 1) {
      const text = genuine();
      expect(text).toHaveLength(length);
      expect(parse(text)).toBeDefined();
      const other = Buffer.from(text, 'base64url').toString('base64');
      if (other !== text) expect(parse(other)).toBeUndefined();
      expect(parse(foreign())).toBeUndefined();
    }
  });

  it('refuses any text, and never throws', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.string({ unit: base64url, minLength: length, maxLength: length }),
    );
    fc.assert(
      fc.property(anything, (text) => parse(text) === undefined),
      RUNS,
    );
  });

  it('refuses anything that is not text, and never throws', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (value) => {
        fc.pre(typeof value !== 'string');
        return parse(value as string) === undefined;
      }),
      RUNS,
    );
  });

  it('refuses what was made of a genuine one by cutting, inserting, repeating and replacing', () => {
    const at = fc.nat({ max: length - 1 });
    const edit = fc.oneof(
      fc.record({ from: at, to: at, by: fc.string({ unit: base64url, maxLength: 8 }) }),
      fc.record({ from: at, to: at, by: fc.string({ unit: 'binary', maxLength: 8 }) }),
    );
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const original = genuine();
        const text = edits.reduce(
          (now, { from, to, by }) => now.slice(0, Math.min(from, to)) + by + now.slice(Math.max(from, to)),
          original,
        );
        fc.pre(!isSameButForTheSecret(text, original, secretFrom));
        return parse(text) === undefined;
      }),
      RUNS,
    );
  });

  it('refuses what was put together of two genuine ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: length - 1 }), (cut) => {
        const [left, right] = [genuine(), genuine()];
        const text = left.slice(0, cut) + right.slice(cut);
        fc.pre(
          !isSameButForTheSecret(text, left, secretFrom) && !isSameButForTheSecret(text, right, secretFrom),
        );
        return parse(text) === undefined;
      }),
      RUNS,
    );
  });
});

/** Well-formed, and with the public part of a genuine one: for a format without a MAC over its secret, another secret. */
function isSameButForTheSecret(text: string, genuine: string, secretFrom: number): boolean {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length !== genuine.length) return false;
  const [a, b] = [text, genuine].map((one) => Buffer.from(one, 'base64url').subarray(0, secretFrom));
  return a !== undefined && b !== undefined && a.equals(b);
}
