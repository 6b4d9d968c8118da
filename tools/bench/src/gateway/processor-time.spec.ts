import { describe, expect, it } from '@jest/globals';
import { familyMicros, processIn, processOfPs, sumOfFamily } from './processor-time.js';

describe('processor time', () => {
  it('is user and system time of a line of /proc, whatever the process is called', () => {
    const stat = '77 (a) b (c) S 12 77 77 0 -1 4194560 1 0 0 0 150 50 9 9 20 0 11 0 5 0 0';
    expect(processIn(stat)).toEqual({ pid: 77, parent: 12, micros: 2_000_000 });
  });

  it('is read from ps where there is no /proc, with hours and without', () => {
    expect(processOfPs('  77    12   1:02.50')).toEqual({ pid: 77, parent: 12, micros: 62_500_000 });
    expect(processOfPs('77 12 01:00:01')).toEqual({ pid: 77, parent: 12, micros: 3_601_000_000 });
  });

  it('is that of all descendants, and of nobody else', () => {
    const family = [
      { pid: 1, parent: 0, micros: 1 },
      { pid: 2, parent: 1, micros: 10 },
      { pid: 3, parent: 2, micros: 100 },
      { pid: 4, parent: 0, micros: 1_000 },
    ];
    expect(sumOfFamily(family, 1)).toBe(111);
    expect(sumOfFamily(family, 3)).toBe(100);
  });

  it('knows this process', async () => {
    expect(await familyMicros(process.pid)).toBeGreaterThan(0);
    expect(await familyMicros(2 ** 30)).toBe(0);
  });
});
