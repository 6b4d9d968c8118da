import { describe, expect, it } from '@jest/globals';
import { ConcurrencyLimit, type ConcurrencySettings } from './concurrency-limit.js';
import { FakeClock } from './spec/fakes.js';

const WINDOW_MS = 500;

function setUp(settings: Partial<ConcurrencySettings> = {}) {
  const clock = new FakeClock();
  const limit = new ConcurrencyLimit(settings, clock);
  /** Windows full of answers that took so long, with so many in flight; by default as many as may be. */
  const run = (windows: number, latencyMs: number, inFlight?: number, kind = 'GET /orders') => {
    for (let sample = 0; sample < windows * 50; sample++) {
      clock.advance(WINDOW_MS / 49);
      limit.observe({ kind, latencyMs }, inFlight ?? limit.limit);
    }
    return limit.limit;
  };
  return { clock, limit, run };
}

describe('ConcurrencyLimit', () => {
  it('grows by its square root while answers come as fast as usual', () => {
    const { run } = setUp({ initial: 100 });
    expect(run(1, 20)).toBe(110);
    expect(run(1, 20)).toBe(120);
    expect(run(200, 20)).toBe(1_000);
  });

  it('keeps its size where less than half of it is used, however slow answers are', () => {
    const { run } = setUp({ initial: 100 });
    run(1, 20, 10);
    expect(run(20, 500, 49)).toBe(100);
  });

  it('takes twice what is usual for no overload', () => {
    const { run } = setUp({ initial: 100 });
    run(3, 20, 1);
    expect(run(1, 49)).toBeGreaterThan(100);
  });

  it('shrinks in proportion beyond that, by half a window at most, and not below its floor', () => {
    const { run } = setUp({ initial: 400, floor: 16 });
    run(3, 20, 1);
    // Usual are 20, and 5 are the machine's: three times as slow as that, of which two are tolerated.
    expect(run(1, 75)).toBe(Math.floor(400 * (2 / 3) + 20));
    expect(run(1, 5_000)).toBeLessThan(170);
    expect(run(10, 5_000)).toBe(16);
  });

  it('finds back within seconds after what made all slow is over', () => {
    const { run } = setUp({ initial: 200 });
    run(10, 20);
    expect(run(6, 3_000)).toBeLessThan(60);
    expect(run(20, 20)).toBeGreaterThan(150);
  });

  it('learns at its floor that a service has become slower for good, and grows again', () => {
    const { run } = setUp({ initial: 100, floor: 8 });
    run(10, 20, 1);
    expect(run(10, 400)).toBe(8);
    expect(run(60, 400)).toBeGreaterThan(50);
  });

  it('does not take overload for usual while it is above its floor', () => {
    const { run } = setUp({ initial: 1_000, floor: 1 });
    run(10, 20, 1);
    let before = 1_000;
    for (let window = 0; window < 6; window++) {
      const now = run(1, 100);
      expect(now).toBeLessThan(before);
      before = now;
    }
  });

  it('compares what is asked for with its own kind: other work is no overload', () => {
    const { run } = setUp({ initial: 100 });
    run(5, 5, 1, 'GET /products');
    run(5, 400, 1, 'POST /orders');
    expect(run(1, 400, undefined, 'POST /orders')).toBe(110);
    expect(run(1, 400, undefined, 'GET /products')).toBeLessThan(110);
  });

  it('leaves one slow instance to the balancer: the median counts', () => {
    const { clock, limit, run } = setUp({ initial: 100 });
    run(5, 20, 1);
    for (let sample = 0; sample < 50; sample++) {
      clock.advance(WINDOW_MS / 49);
      limit.observe({ kind: 'GET /orders', latencyMs: sample % 3 ? 20 : 2_000 }, 100);
    }
    expect(limit.limit).toBe(110);
  });

  it('judges nothing by a handful of samples', () => {
    const { clock, limit } = setUp({ initial: 100 });
    const sample = () => {
      clock.advance(WINDOW_MS);
      limit.observe({ kind: 'GET /orders', latencyMs: 20 }, 100);
      return limit.limit;
    };
    expect(Array.from({ length: 21 }, sample).slice(18)).toEqual([100, 110, 110]);
  });

  it('shrinks as well where nobody waits for the answers any more, and learns nothing usual from them', () => {
    const { clock, limit, run } = setUp({ initial: 100 });
    const giveUp = (latencyMs: number) => {
      for (let sample = 0; sample < 50; sample++) {
        clock.advance(WINDOW_MS / 49);
        limit.observe({ kind: 'GET /orders', latencyMs, isUnanswered: true }, limit.limit);
      }
    };
    run(5, 20, 1);
    giveUp(45);
    expect(limit.limit).toBe(100);
    for (let window = 0; window < 30; window++) giveUp(1_500);
    expect(limit.limit).toBe(16);
    expect(run(1, 20)).toBe(20);
  });

  it('takes no sample of what was under way when it was told to distrust', () => {
    const { clock, limit, run } = setUp({ initial: 200 });
    run(10, 20, 1);
    clock.advance(3_000);
    limit.distrust();
    expect(run(1, 3_000)).toBe(200);
    clock.advance(3_000);
    expect(run(2, 3_000)).toBeLessThan(200);
  });

  it('refuses bounds that exclude each other', () => {
    expect(() => new ConcurrencyLimit({ floor: 0 })).toThrow(RangeError);
    expect(() => new ConcurrencyLimit({ floor: 9, ceiling: 8 })).toThrow(RangeError);
  });
});
