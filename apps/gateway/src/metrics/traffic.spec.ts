import { describe, expect, it } from '@jest/globals';
import { trafficOf } from '../platform/traffic-shown.js';
import { Traffic } from './traffic.js';
import { middleOf, TrafficWindow } from './traffic-window.js';

/** A clock that stands still until it is moved. */
const clockAt = (ms: number) => {
  const clock = { ms, now: () => clock.ms };
  return clock;
};

describe('a window of traffic', () => {
  it('has the tries of ten seconds and none from before', () => {
    const clock = clockAt(500_000);
    const window = new TrafficWindow(clock);
    for (let second = 0; second < 30; second += 1) {
      for (let count = 0; count < second; count += 1) window.add(count === 0, 4);
      clock.ms += 1_000;
    }
    // The last nine are over; the tenth has just begun.
    const expected = { overMs: 9_000, tries: 21 + 22 + 23 + 24 + 25 + 26 + 27 + 28 + 29, failed: 9 };
    expect(window.counts()).toMatchObject(expected);
    clock.ms += 400;
    expect(window.counts()).toMatchObject({ ...expected, overMs: 9_400 });
    clock.ms += 600;
    expect(window.counts()).toMatchObject({ tries: expected.tries - 21 });
    clock.ms += 60_000;
    expect(window.counts()).toMatchObject({ tries: 0, latencies: [] });
    expect(window.isEmpty).toBe(true);
  });

  it.each([0.07, 0.9, 1, 3.3, 47, 999, 12_345, 60_000])('takes %d ms for what is at most 5 %% off', (ms) => {
    const window = new TrafficWindow(clockAt(0));
    window.add(false, ms);
    const [[bucket, count] = []] = window.counts().latencies;
    expect(count).toBe(1);
    expect(Math.abs(middleOf(bucket ?? 0) / ms - 1)).toBeLessThan(0.05);
  });

  it.each([0, 1e-9, 1e9])('counts %d ms at the end of what it knows', (ms) => {
    const window = new TrafficWindow(clockAt(0));
    window.add(false, ms);
    expect(window.counts().latencies).toHaveLength(1);
  });
});

describe('the traffic at an instance', () => {
  const answered = (status: number, latencyMs: number) => ({ kind: 'answered', status, latencyMs }) as const;

  it('has errors of its own apart from those of clients, and no time of what never answered', () => {
    const traffic = new Traffic(clockAt(5_000));
    const one = { id: 'order-1' };
    for (const status of [200, 301, 404, 500, 503]) traffic.tried(one, answered(status, 8));
    traffic.tried(one, { kind: 'unreachable', afterMs: 1 });
    traffic.tried(one, { kind: 'timeout', afterMs: 3_000 });
    traffic.tried(one, { kind: 'abandoned', afterMs: 3_000 });
    expect(traffic.of('order-1')).toMatchObject({
      tries: 8,
      failed: 4,
      latencies: [[expect.any(Number), 5]],
    });
    expect(traffic.of('order-2')).toMatchObject({ tries: 0, failed: 0 });
  });

  it('is forgotten with an instance that nobody has tried for long, once another comes', () => {
    const clock = clockAt(0);
    const traffic = new Traffic(clock);
    const known = (ids: readonly string[]) => ids.filter((id) => traffic.of(id).tries > 0);
    traffic.tried({ id: 'pod-a' }, answered(200, 1));
    clock.ms += 9_000;
    traffic.tried({ id: 'pod-b' }, answered(200, 1));
    expect(known(['pod-a', 'pod-b'])).toEqual(['pod-a', 'pod-b']);
    clock.ms += 1_000;
    traffic.tried({ id: 'pod-c' }, answered(200, 1));
    expect(known(['pod-a', 'pod-b', 'pod-c'])).toEqual(['pod-b', 'pod-c']);
  });
});

describe('the traffic of several workers', () => {
  it('is one: rates add up, and percentiles are those of all answers together', () => {
    const [one, two] = [new TrafficWindow(clockAt(9_999)), new TrafficWindow(clockAt(9_999))];
    for (let count = 0; count < 90; count += 1) one.add(false, 2);
    for (let count = 0; count < 10; count += 1) two.add(count === 0, 100);
    expect(trafficOf([one.counts(), two.counts()])).toEqual({
      perSecond: 10,
      p50Ms: 2.1,
      p99Ms: 103.1,
      failedShare: 0.01,
    });
  });

  it('has no percentile where nobody answered', () => {
    const window = new TrafficWindow(clockAt(0));
    window.add(true);
    expect(trafficOf([window.counts()])).toEqual({
      perSecond: 0.1,
      p50Ms: null,
      p99Ms: null,
      failedShare: 1,
    });
    expect(trafficOf([])).toEqual({ perSecond: 0, p50Ms: null, p99Ms: null, failedShare: 0 });
  });
});
