import { expect, it } from '@jest/globals';
import { readSoakCall } from './options.js';

it('soaks for ten minutes with any seed, or as it is told', () => {
  expect(readSoakCall([], 9)).toEqual({
    kind: 'soak',
    strategy: 'hybrid',
    seed: 9,
    forMs: 600_000,
  });
  expect(readSoakCall(['--minutes', '0.5', '--seed', '42'], 9)).toEqual({
    kind: 'soak',
    strategy: 'hybrid',
    seed: 42,
    forMs: 30_000,
  });
});

it('lets only those faults strike that it is told', () => {
  expect(readSoakCall(['--only', 'links-cut,primary-hung'], 9)).toMatchObject({
    only: ['links-cut', 'primary-hung'],
  });
  expect(readSoakCall(['--only', 'rain'], 9)).toMatch(/There is no fault "rain"; there is: links-slow, /);
});

it('takes the strategies that keep records', () => {
  expect(readSoakCall(['--strategy', 'store'], 9)).toMatchObject({ kind: 'soak', strategy: 'store' });
  expect(readSoakCall(['--check', 'h.jsonl', '--strategy', 'store'], 9)).toMatchObject({
    kind: 'check',
    strategy: 'store',
  });
  expect(readSoakCall(['--strategy', 'token'], 9)).toMatch(
    /--strategy must be hybrid or store; it is "token"/,
  );
});

it('judges a saved history', () => {
  expect(readSoakCall(['--check', 'h.jsonl'], 9)).toEqual({
    kind: 'check',
    file: 'h.jsonl',
    strategy: 'hybrid',
  });
});

it.each([
  [['--minutes', '0'], /--minutes must be/],
  [['--minutes', 'ten'], /--minutes must be/],
  [['--seed', '-1'], /--seed must be|ambiguous/],
  [['--seed', '1.5'], /--seed must be/],
  [['--seed', '4294967296'], /--seed must be/],
  [['--fast'], /npm run soak/],
  [['store'], /npm run soak/],
])('answers %j with a sentence', (argv, sentence) => {
  expect(readSoakCall(argv, 9)).toMatch(sentence);
});
