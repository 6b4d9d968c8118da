import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { weaknessOf } from './password-policy.js';

const email = 'ada.lovelace@example.test';
const judge = (password: string) => weaknessOf(password, email);

describe('weaknessOf', () => {
  it.each([
    'correct horse battery',
    'correct horse battery staple',
    'another password',
    'the first password',
    'a password that is easy to remember',
    'café au lait, svp',
    'Tr0ub4dor&3 is not it',
    'kX9$mQ2vL7pw',
    '839201847561',
    'пароль для почты и сайта',
    '私のパスワードはとても長いです',
    '🔑🦊🌵🎲🚲🍋🪐🧊🎻🐙🌋🧲',
    'pw-0b8f5f0e-3f43-4a8e-9d0e-5d0f8f6b3f1a',
    'we were three trees',
    '4823 then 9921 then 7710',
    'x'.repeat(60) + ' and a tail that is not like it at all, since it says something else',
  ])('takes %j', (password) => {
    expect(judge(password)).toBeUndefined();
  });

  it.each([
    'motherfucker',
    'unbelievable',
    'password1234',
    'PASSWORD1234',
    'Password123!',
    '!!!Password1',
    '1234password',
    'p@ssw0rd1234',
    'P@55w0rd!!!!',
    'monkey839201',
    'monkey-monkey',
    'Monkey Monkey Monkey',
    'dragondragondrag',
    'passwordpass',
    '2024password2024',
    'p-a-s-s-w-o-r-d',
    'pass-word-2024',
    'letmein98765',
    'qwerty123456',
    'iloveyou2024!',
    'ｐａｓｓｗｏｒｄ１２３４',
    '1q2w3e4r5t6y',
    'qazwsxedcrfv',
    'Administrator!',
  ])('refuses %j as too common', (password) => {
    expect(judge(password)).toMatch(/^Too common|^Too predictable/);
  });

  it.each([
    'aaaaaaaaaaaa',
    'abababababab',
    'aaaaaaaaaaab',
    '123456789012',
    '012345678901',
    '098765432109',
    '111222333444',
    'qwertyuiop12',
    'QWERTYUIOP12',
    'asdfghjkl;12',
    'zxcvbnm,./12',
    'qwertzuiopü+',
    'abcdefghijkl',
    'zyxwvutsrqpo',
    'poiuytrewq09',
    '🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑',
    'k9#xk9#xk9#x',
    'é'.repeat(128),
  ])('refuses %j as predictable', (password) => {
    expect(judge(password)).toMatch(/^Too predictable/);
  });

  it.each(['ada.lovelace@example.test', 'I am ADA.LOVELACE!', 'xxada.lovelacexx7'])(
    'refuses %j: it contains the e-mail or its local part',
    (password) => {
      expect(judge(password)).toMatch(/e-mail/);
    },
  );

  it('takes a local part of three characters: it occurs by chance', () => {
    expect(weaknessOf('where adamant people go', 'ada@example.test')).toBeUndefined();
  });

  it.each(['my Holdfast login', 'HOLDFAST-is-fun'])(
    'refuses %j: it contains the service’s name',
    (password) => {
      expect(judge(password)).toMatch(/service/);
    },
  );

  it('counts characters as they are compared, after composition', () => {
    expect(judge('e\u0301'.repeat(6))).toMatch(/At least 12/);
  });

  it('asks for no composition, and refuses nothing for its length or its script', () => {
    expect(judge('only small letters here')).toBeUndefined();
    expect(judge('7341 9028 5562 1179')).toBeUndefined();
  });

  it('stays linear on the longest and most contrived input', () => {
    // U+FDFA becomes 18 characters by NFKC. Quadratic work on it would not end within the test's time limit.
    for (const text of [
      '\ufdfa'.repeat(128),
      `a${'1'.repeat(126)}a`,
      'ab'.repeat(64),
      'a'.repeat(127) + 'b',
    ]) {
      for (let n = 0; n < 100; n += 1) judge(text);
    }
    expect(judge('ab'.repeat(64))).toMatch(/predictable/);
  });

  it('judges whatever text comes, and takes what is random', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 128 }), fc.emailAddress(), (password, owner) => {
        expect(typeof weaknessOf(password, owner)).toMatch(/^(string|undefined)$/);
      }),
    );
    const random = fc.uint8Array({ minLength: 16, maxLength: 32 });
    fc.assert(
      fc.property(random, (bytes) => {
        fc.pre(new Set(bytes).size > 12);
        for (const alphabet of ['hex', 'base64url'] as const) {
          expect(judge(Buffer.from(bytes).toString(alphabet))).toBeUndefined();
        }
      }),
      { numRuns: 500, seed: 6 },
    );
  });
});
