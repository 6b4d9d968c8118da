import { describe, expect, it } from '@jest/globals';
import { Instance } from './instance.js';
import { DEFAULT_HEALTH_SETTINGS } from './instance-health.js';
import { LeastRequest, PowerOfTwoChoices, RoundRobin, type Candidates } from './policy.js';
import { member, seeded } from './spec/fakes.js';

function three(): [Instance, Instance, Instance] {
  const make = (id: string) => new Instance(member(id), 0, DEFAULT_HEALTH_SETTINGS);
  return [make('order-1'), make('order-2'), make('order-3')];
}

function counts(choose: () => Instance, times: number): Record<string, number> {
  const chosen: Record<string, number> = {};
  for (let time = 0; time < times; time++) {
    const { id } = choose().member;
    chosen[id] = (chosen[id] ?? 0) + 1;
  }
  return chosen;
}

describe('RoundRobin', () => {
  it('gives each the same share', () => {
    const policy = new RoundRobin();
    const all: Candidates = three();
    expect(counts(() => policy.choose(all), 9)).toEqual({ 'order-1': 3, 'order-2': 3, 'order-3': 3 });
  });
});

describe('LeastRequest', () => {
  it('chooses the one with the fewest requests in flight', () => {
    const [a, b, c] = three();
    a.inFlight = 2;
    b.inFlight = 1;
    c.inFlight = 3;
    expect(new LeastRequest().choose([a, b, c])).toBe(b);
  });

  it('spreads ties', () => {
    const policy = new LeastRequest(seeded(1));
    const all = three();
    expect(Math.min(...Object.values(counts(() => policy.choose(all), 300)))).toBeGreaterThan(70);
  });
});

describe('PowerOfTwoChoices', () => {
  it('spreads evenly over equals', () => {
    const policy = new PowerOfTwoChoices(seeded(2));
    const all = three();
    const shares = Object.values(counts(() => policy.choose(all, 0), 3_000));
    expect(Math.min(...shares)).toBeGreaterThan(900);
  });

  it('never chooses the slowest of all', () => {
    const [a, b, c] = three();
    c.latency.observe(1_000, 0);
    const policy = new PowerOfTwoChoices(seeded(3));
    expect(counts(() => policy.choose([a, b, c], 0), 1_000)).not.toHaveProperty('order-3');
  });

  it('does not find a fast failure attractive', () => {
    const [a, b] = three();
    a.latency.observe(100, 0);
    b.latency.observe(1, 0);
    b.penalise(1_000, 0);
    const policy = new PowerOfTwoChoices(seeded(4));
    expect(counts(() => policy.choose([a, b], 500), 100)).toEqual({ 'order-1': 100 });
    expect(policy.choose([a, b], 1_001)).toBe(b);
  });

  it('takes the only one there is', () => {
    const [a] = three();
    expect(new PowerOfTwoChoices().choose([a], 0)).toBe(a);
  });
});
