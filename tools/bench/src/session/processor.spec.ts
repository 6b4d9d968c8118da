import { expect, it } from '@jest/globals';
import { coresIn, onCore } from './processor.js';

it('reads which cores a process may use', () => {
  expect(coresIn("pid 7's current affinity list: 0,2-4\n")).toEqual([0, 2, 3, 4]);
  expect(coresIn("pid 7's current affinity list: 5\n")).toEqual([5]);
  expect(coresIn('')).toEqual([]);
});

it('keeps a program on a core, or leaves it alone', () => {
  expect(onCore(1, ['node', 'main.js'])).toEqual(['taskset', '-c', '1', 'node', 'main.js']);
  expect(onCore(undefined, ['node'])).toEqual(['node']);
});
