import { describe, expect, it } from '@jest/globals';
import { PeakEwma } from './peak-ewma.js';

describe('PeakEwma', () => {
  it('takes a slower sample at once and in full', () => {
    const average = new PeakEwma(0);
    average.observe(10, 0);
    average.observe(500, 1);
    expect(average.read(1)).toBe(500);
  });

  it('forgets a peak only by and by', () => {
    const average = new PeakEwma(0);
    average.observe(500, 0);
    average.observe(10, 100);
    expect(average.read(100)).toBeGreaterThan(450);
    for (let now = 200; now <= 40_000; now += 100) average.observe(10, now);
    expect(average.read(40_000)).toBeLessThan(25);
  });

  it('sinks without samples, so that a slow instance is tried again', () => {
    const average = new PeakEwma(0);
    average.observe(1_000, 0);
    expect(average.read(10_000)).toBeCloseTo(1_000 / Math.E, 0);
    expect(average.read(1_000_000)).toBe(1);
  });
});
