import { expect, it } from '@jest/globals';
import { readSessionOptions } from './options.js';

it('fills the store up to a million sessions, ten times as many each time', () => {
  expect(readSessionOptions([])).toMatchObject({ populations: [1e4, 1e5, 1e6], isWhole: true });
  expect(readSessionOptions(['--sessions', '200000'])).toMatchObject({ populations: [1e4, 1e5] });
});

it('writes no document of a quick run', () => {
  expect(readSessionOptions(['--quick'])).toMatchObject({ populations: [1e4], isWhole: false });
});

it('says what it does not understand', () => {
  expect(readSessionOptions(['--sessions', 'many'])).toBe(
    '--sessions must be from 10000 to 10000000; it is "many".',
  );
  expect(readSessionOptions(['--slow'])).toMatch(/--slow.*Use: npm run bench -- session/s);
});
