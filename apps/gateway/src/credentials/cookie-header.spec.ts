import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sessionCookieOf, withoutSessionCookie } from './cookie-header.js';

const VALUE = 'A'.repeat(54) + 'b'.repeat(54);
const OURS = `__Host-session=${VALUE}`;

const read = (...lines: string[]) =>
  sessionCookieOf({
    headers: lines.length === 0 ? {} : { cookie: lines.join('; ') },
    rawHeaders: lines.flatMap((line) => ['Cookie', line]),
  });

describe('the session cookie of a request', () => {
  it.each([
    [OURS],
    [`a=1; ${OURS}; b=2`],
    [`a=1;${OURS};b=2`],
    [`a=1 ;\t ${OURS} \t; b=2`],
    [`__Host-session = ${VALUE}`],
    [`a; =; ${OURS}; ; ;`],
    [`a="x; ${OURS}`],
    [`__host-session=other; ${OURS}`],
    [`not__Host-session=other; ${OURS}`],
  ])('is found in %j', (line) => {
    expect(read(line)).toEqual({ kind: 'one', value: VALUE });
  });

  it('is whatever stands after the first equals sign, and may be nothing', () => {
    expect(read('__Host-session=a=b=')).toEqual({ kind: 'one', value: 'a=b=' });
    expect(read('__Host-session="a"')).toEqual({ kind: 'one', value: '"a"' });
    expect(read('__Host-session=')).toEqual({ kind: 'one', value: '' });
  });

  it.each([
    [[]],
    [['']],
    [['a=1; b=%20']],
    [['session=1; __Host-sessio=2; __Host-']],
    [['a=__Host%2Dsessio']],
  ])('is not in %j', (lines) => expect(read(...lines)).toEqual({ kind: 'none' }));

  it.each([
    ['__host-session=x'],
    ['__HOST-SESSION=x'],
    ['"__Host-session"=x'],
    ['$Version=1, __Host-session=x'],
    ['__Host-session'],
    ['=__Host-session=x'],
    ['%5F%5FHost-session=x'],
    ['__Host-session%3Dx'],
    ['%255F_Host-session=x'],
    ['\u00a0__Host-session=x'],
    ['__Host-session\v=x'],
    ['__Host-session.x=1'],
  ])('is only mimicked in %j', (line) => {
    expect(read(`a=1; ${line}; b=2`)).toEqual({ kind: 'foul' });
    expect(withoutSessionCookie(`a=1; ${line}; b=2`)).toBe('a=1; b=2');
  });

  it.each([
    [[`${OURS}; ${OURS}`]],
    [[`${OURS}; __Host-session=`]],
    [[OURS, OURS]],
    [['a=1', OURS]],
    [[OURS, 'a=1']],
  ])('is ambiguous in %j', (lines) => {
    expect(read(...lines)).toEqual({ kind: 'several' });
  });
});

describe('what travels on', () => {
  it('is the rest as it came', () => {
    expect(withoutSessionCookie(`a="1, 2"; ${OURS};b=%7B%22x%22%3A1%7D`)).toBe(
      'a="1, 2";b=%7B%22x%22%3A1%7D',
    );
    expect(withoutSessionCookie(`${OURS}; b=2`)).toBe('b=2');
    expect(withoutSessionCookie(OURS)).toBe('');
  });

  const blank = fc.constantFrom('', ' ', '\t', '  ');
  const token = fc.string({ unit: fc.constantFrom(...'abzAZ09_-.$%"=, '), maxLength: 12 });
  const spelling = fc
    .tuple(fc.constantFrom('', '"', ' ', '%20'), fc.array(fc.nat(2), { minLength: 14, maxLength: 14 }))
    .map(([quote, ways]) => {
      const spelled = [...'__Host-session'].map((letter, place) => {
        if (ways[place] === 1) return letter.toUpperCase();
        return ways[place] === 2 ? `%${letter.charCodeAt(0).toString(16)}` : letter;
      });
      return `${quote}${spelled.join('')}${quote}`;
    });
  const mimic = fc
    .tuple(blank, spelling, blank, blank, fc.constantFrom('', '"'))
    .map(
      ([before, name, middle, after, quote]) => `${before}${name}${middle}=${after}${quote}${VALUE}${quote}`,
    );

  it('G16: has nothing of the session cookie in it, however it is spelled, padded, quoted or escaped', () => {
    const jar = fc.array(fc.oneof(token, mimic), { maxLength: 20 });
    fc.assert(
      fc.property(jar, (pairs) => {
        const line = pairs.join(';');
        expect(withoutSessionCookie(line)).not.toContain(VALUE);
        const found = read(line);
        if (found.kind === 'none') expect(line).not.toContain(VALUE);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps every other cookie, byte for byte and in order', () => {
    const others = fc.array(
      fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[A-Za-z0-9!#-+]{0,12}$/)),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(others, fc.nat(20), (pairs, place) => {
        const cookies = pairs.map(([name, value]) => `${name}=${value}`);
        const jar = cookies.toSpliced(Math.min(place, cookies.length), 0, OURS);
        expect(withoutSessionCookie(jar.join('; '))).toBe(cookies.join('; '));
      }),
    );
  });

  it('takes any bytes at all, and time in proportion', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (line) => {
        read(line);
        withoutSessionCookie(line);
      }),
      { numRuns: 1_000 },
    );
    const hostile = [
      `__Host-session${' '.repeat(16_000)}x=1`,
      `__Host-session=${'\t'.repeat(16_000)}x`,
      `%${'25'.repeat(8_000)}`,
      '%25'.repeat(5_000),
      ';'.repeat(16_000),
      '__Host-session'.repeat(1_100),
      '__Host-session=;'.repeat(1_000),
    ];
    for (const line of hostile) {
      expect(['none', 'foul', 'one', 'several']).toContain(read(line).kind);
      expect(withoutSessionCookie(line).toLowerCase()).not.toContain('__host-session');
    }
  });
});
