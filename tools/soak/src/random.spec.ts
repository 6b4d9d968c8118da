import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Random } from './random.js';

const draw = (random: Random) => Array.from({ length: 20 }, () => random.next());

it('draws the same numbers for the same seed, all of them from 0 to 1', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
      const drawn = draw(new Random(seed));
      expect(draw(new Random(seed))).toEqual(drawn);
      expect(drawn.every((each) => each >= 0 && each < 1)).toBe(true);
      expect(new Set(drawn).size).toBeGreaterThan(15);
    }),
  );
});

it('forks by name, whatever was drawn before', () => {
  const [fresh, used] = [new Random(7), new Random(7)];
  used.next();
  expect(draw(used.fork('a'))).toEqual(draw(fresh.fork('a')));
  expect(draw(fresh.fork('a'))).not.toEqual(draw(fresh.fork('b')));
});

it('chooses by weight, and only among what there is', () => {
  const random = new Random(1);
  const chosen = Array.from({ length: 1_000 }, () => random.weighted({ often: 9, seldom: 1, never: 0 }));
  const often = chosen.filter((name) => name === 'often').length;
  expect(often).toBeGreaterThan(850);
  expect(often).toBeLessThan(950);
  expect(chosen).not.toContain('never');
  expect([random.pick([]), random.pick(['only'])]).toEqual([undefined, 'only']);
});
