import { describe, expect, it } from '@jest/globals';
import { Instance } from '../instance.js';
import { DEFAULT_HEALTH_SETTINGS } from '../instance-health.js';
import type { Candidates } from '../policy.js';
import { member, seeded } from '../spec/fakes.js';
import { LeastRequest } from './least-request.js';
import { BoundedRendezvous } from './rendezvous.js';
import { RoundRobin } from './round-robin.js';
import { PeakEwmaChoices, PowerOfTwoChoices } from './two-choices.js';
import { WeightedRoundRobin } from './weighted-round-robin.js';

function make(id: string, weight?: number): Instance {
  const weighted = weight === undefined ? member(id) : { ...member(id), weight };
  return new Instance(weighted, 0, DEFAULT_HEALTH_SETTINGS);
}

function three(): [Instance, Instance, Instance] {
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

describe('WeightedRoundRobin', () => {
  it('gives each its share, and to nobody in a burst', () => {
    const policy = new WeightedRoundRobin();
    const all: Candidates = [make('a', 5), make('b', 1), make('c')];
    const order = Array.from({ length: 14 }, () => policy.choose(all).member.id).join('');
    expect(order).toBe('aabacaa'.repeat(2));
  });

  it('takes a weight that is none for 1', () => {
    const policy = new WeightedRoundRobin();
    const all: Candidates = [make('a', Number.NaN), make('b', -3), make('c', 2)];
    expect(counts(() => policy.choose(all), 8)).toEqual({ a: 2, b: 2, c: 4 });
  });

  it('goes on where somebody left', () => {
    const policy = new WeightedRoundRobin();
    const [a, b, c] = three();
    policy.choose([a, b, c]);
    expect(counts(() => policy.choose([b, c]), 10)).toEqual({ 'order-2': 5, 'order-3': 5 });
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
    expect(Math.min(...Object.values(counts(() => policy.choose(all), 3_000)))).toBeGreaterThan(900);
  });

  it('never chooses the busiest of all, and is blind to latency', () => {
    const [a, b, c] = three();
    c.inFlight = 1;
    a.hasAnswered = true;
    a.latency.observe(1_000, 0);
    const policy = new PowerOfTwoChoices(seeded(3));
    const all = counts(() => policy.choose([a, b, c]), 1_000);
    expect(all).not.toHaveProperty('order-3');
    expect(all['order-1']).toBeGreaterThan(300);
  });

  it('takes the only one there is', () => {
    const [a] = three();
    expect(new PowerOfTwoChoices().choose([a])).toBe(a);
  });
});

describe('PeakEwmaChoices', () => {
  it('never chooses the slowest of all', () => {
    const [a, b, c] = three();
    c.latency.observe(1_000, 0);
    const policy = new PeakEwmaChoices(seeded(3));
    expect(counts(() => policy.choose([a, b, c], 0), 1_000)).not.toHaveProperty('order-3');
  });

  it('does not find a fast failure attractive', () => {
    const [a, b] = three();
    a.latency.observe(100, 0);
    b.latency.observe(1, 0);
    b.penalise(1_000, 0);
    const policy = new PeakEwmaChoices(seeded(4));
    expect(counts(() => policy.choose([a, b], 500), 100)).toEqual({ 'order-1': 100 });
    expect(policy.choose([a, b], 1_001)).toBe(b);
  });

  it('gives one request and no more to an instance that has never answered', () => {
    const [known, unknown] = three();
    known.hasAnswered = true;
    known.latency.observe(500, 0);
    known.inFlight = 5;
    const policy = new PeakEwmaChoices(seeded(4));
    expect(policy.choose([known, unknown], 0)).toBe(unknown);
    unknown.inFlight = 1;
    expect(counts(() => policy.choose([known, unknown], 0), 20)).toEqual({ 'order-1': 20 });
    unknown.hasAnswered = true;
    expect(policy.choose([known, unknown], 0)).toBe(unknown);
  });
});

describe('BoundedRendezvous', () => {
  const nobody = { choose: () => make('nobody') };
  const policy = new BoundedRendezvous(nobody);
  const keys = Array.from({ length: 300 }, (_none, number) => `session-${number}`);
  const homes = (all: Candidates) => keys.map((key) => policy.choose(all, 0, () => key).member.id);

  it('sends a key to one instance, whatever the order in which they are listed, and keys to all', () => {
    const [a, b, c] = three();
    expect(homes([a, b, c])).toEqual(homes([c, a, b]));
    for (const id of ['order-1', 'order-2', 'order-3']) {
      expect(homes([a, b, c]).filter((home) => home === id).length).toBeGreaterThan(75);
    }
  });

  it('moves the keys of who leaves, and no others', () => {
    const [a, b, c] = three();
    const before = homes([a, b, c]);
    const after = homes([a, b]);
    expect(after.filter((home, index) => home !== before[index])).toHaveLength(
      before.filter((home) => home === 'order-3').length,
    );
  });

  it('passes over who is 1.25 times as busy as the average', () => {
    const all = three();
    const home = policy.choose(all, 0, () => 'hot');
    // One more makes 8 in flight, of which nobody gets more than ⌈1.25 · 8 / 3⌉ = 4.
    const others = all.filter((one) => one !== home);
    home.inFlight = 3;
    for (const other of others) other.inFlight = 2;
    expect(policy.choose(all, 0, () => 'hot')).toBe(home);
    home.inFlight = 4;
    expect(policy.choose(all, 0, () => 'hot')).not.toBe(home);
  });

  it('leaves requests without a key to another policy', () => {
    expect(policy.choose(three(), 0).member.id).toBe('nobody');
    expect(policy.choose(three(), 0, () => undefined).member.id).toBe('nobody');
  });
});
