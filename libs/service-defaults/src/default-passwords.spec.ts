import { describe, expect, it } from '@jest/globals';
import { hasDefaultPassword, isDefaultPassword } from './default-passwords.js';

describe('isDefaultPassword', () => {
  it.each([
    'postgres',
    'Password',
    'changeme',
    'secret',
    'admin',
    'root',
    'redis',
    'holdfast',
    'redis123',
    'Admin!',
    '1234',
  ])('knows %j', (password) => {
    expect(isDefaultPassword(password)).toBe(true);
  });

  it.each(['q3Jf0p_zW8u-Xk2LrT7v', 'redis-of-the-second-floor', '83920174658392017465', 'x'])(
    'knows nothing of %j',
    (password) => {
      expect(isDefaultPassword(password)).toBe(false);
    },
  );
});

describe('hasDefaultPassword', () => {
  it.each([
    'postgres://postgres:postgres@db/auth',
    'postgres://holdfast:p%61ssword@db/auth',
    'postgres://Fleet:fleet@db/auth',
    'redis://:foobared@cache:6379',
  ])('finds it in %s', (url) => {
    expect(hasDefaultPassword(url)).toBe(true);
  });

  it.each([
    'postgres://holdfast:q3Jf0p_zW8u@db/auth',
    'postgres://holdfast@db/auth',
    'redis://cache',
    'x',
    'r://:пароль-%@h',
  ])('finds none in %s', (url) => {
    expect(hasDefaultPassword(url)).toBe(false);
  });
});
