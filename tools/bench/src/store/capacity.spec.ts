import { expect, it } from '@jest/globals';
import { capacityFor } from './capacity.js';
import { perCore } from './report.js';

const assumptions = {
  bytesPerSession: 600,
  dataBytesPerSession: 400,
  activeShare: 0.1,
  refreshEveryMs: 300_000,
  touchEveryMs: 60_000,
  groupBytes: 20_000_000_000,
  groupWritesPerSecond: 10_000,
};

it('reckons memory, writes and groups', () => {
  expect(capacityFor(1_000_000, assumptions)).toEqual({
    sessions: 1_000_000,
    memoryBytes: 1_000_000_000,
    writesPerSecond: 2_000,
    groups: 1,
  });
});

it('asks for as many groups as whichever runs out first', () => {
  expect(capacityFor(1e9, assumptions).groups).toBe(200);
  expect(capacityFor(1e9, { ...assumptions, groupBytes: 1e15 }).groups).toBe(200);
  expect(capacityFor(1e9, { ...assumptions, groupBytes: 1e15, activeShare: 0.01 }).groups).toBe(20);
});

it('counts the processor time of both', () => {
  expect(perCore({ ownMicros: 150, redisMicros: 50 })).toBe(5_000);
});
