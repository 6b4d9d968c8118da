import { describe, expect, it } from '@jest/globals';
import { updateMeBody, updatePreferencesBody } from './user.js';

const accepts = (preferences: object) => updatePreferencesBody.safeParse(preferences).success;

describe('preferences', () => {
  it.each(['de-CH', 'en', 'zh-Hant-TW', 'de-DE-1996', 'es-419'])('take the locale %s', (locale) => {
    expect(updatePreferencesBody.parse({ locale })).toEqual({ locale });
  });

  it('bring a locale into its canonical form', () => {
    expect(updatePreferencesBody.parse({ locale: 'DE-ch' })).toEqual({ locale: 'de-CH' });
  });

  it.each(['', 'de_CH', 'x', 'de-CH-', `de-${'a'.repeat(8)}-`.repeat(9), 7, null, 'a b'])(
    'refuse the locale %p',
    (locale) => expect(accepts({ locale })).toBe(false),
  );

  it.each(['chf', 'XYZ', 'EURO', '', 7, null])('refuse the currency %p', (currency) => {
    expect(accepts({ currency })).toBe(false);
  });

  it('refuse an unknown theme and an unknown member, and take nothing at all', () => {
    expect(accepts({ theme: 'pink' })).toBe(false);
    expect(accepts({ colour: 'dark' })).toBe(false);
    expect(accepts({})).toBe(true);
    expect(updatePreferencesBody.parse({ theme: 'system', currency: 'CHF' })).toEqual({
      theme: 'system',
      currency: 'CHF',
    });
  });
});

describe('a change of name', () => {
  const change = (displayName: unknown, version: unknown = 1) =>
    updateMeBody.safeParse({ displayName, version });

  it('cuts outer white space and takes 1 to 100 characters', () => {
    expect(change('  Ada ').data).toEqual({ displayName: 'Ada', version: 1 });
    expect(change('x'.repeat(100)).success).toBe(true);
    for (const name of ['', '   ', 'x'.repeat(101), 7, null, 'a\u0000b'])
      expect(change(name).success).toBe(false);
  });

  it.each(['Ada', 'Ünal', '李小龍', 'نیم\u200cفاصله', '👩\u200d🚀', '7', '¯\\_(ツ)_/¯'])(
    'takes the name %s',
    (name) => {
      expect(change(name).success).toBe(true);
    },
  );

  it.each([
    ['a zero-width space', '\u200b'],
    ['only joiners', '\u200d\u200c'],
    ['a filler that counts as a letter', '\u3164'],
    ['an empty Braille cell', '\u2800'],
    ['only a combining mark', '\u0301'],
    ['a right-to-left override', 'Ada\u202egro.live'],
    ['an isolate', '\u2066Ada'],
    ['a soft hyphen', 'A\u00adda'],
    ['tag characters', 'Ada\u{e0041}'],
    ['a line separator', 'Ada\u2028Eve'],
    ['half a character', 'Ada\ud83d'],
  ])('refuses a name with %s', (_what, name) => {
    expect(change(name).success).toBe(false);
  });

  it.each(['1', 0, 1.5, null, -1])('refuses the version %p', (version) => {
    expect(change('Ada', version).success).toBe(false);
  });
});
