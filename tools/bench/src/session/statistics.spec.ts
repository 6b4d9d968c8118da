import { expect, it } from '@jest/globals';
import { ratioOf, spreadOf } from './statistics.js';

it('answers the median and the outermost of measurements', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3 });
  expect(spreadOf([4, 1, 2, 10])).toEqual({ median: 3, least: 1, most: 10 });
  expect(spreadOf([7])).toEqual({ median: 7, least: 7, most: 7 });
  expect(spreadOf([]).median).toBeNaN();
});

it('compares round with round', () => {
  // The machine is slow in the second round: the ratio does not see it.
  expect(ratioOf([80, 40, 80], [100, 50, 100])).toEqual({ median: 0.8, least: 0.8, most: 0.8 });
});
