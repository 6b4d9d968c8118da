import { describe, expect, it } from '@jest/globals';
import { POLICY_NAMES, type PolicyName } from '@holdfast/balancer-core';
import {
  cutOff,
  failsFast,
  guarded,
  LASTS_MS,
  newcomer,
  ODD_ONE,
  oneSlow,
  STRIKES_AT_MS,
  tenTimesSlower,
} from './scenarios.js';
import { simulate } from './simulate.js';
import { between, percentileMs, shareOf, successShare } from './statistics.js';

const UNTIL_MS = STRIKES_AT_MS + LASTS_MS;

/** The same scenario, the same policy and another stroke of luck. */
const shares = (policy: PolicyName, seeds: readonly number[]): number[] =>
  seeds.map((seed) => successShare(simulate(oneSlow, policy, seed)));

describe('one slow server of eleven', () => {
  it.each<[PolicyName, number, number]>([
    ['round-robin', 0.945, 0.96],
    ['weighted', 0.945, 0.96],
    ['least-request', 0.985, 0.996],
    ['p2c', 0.985, 0.996],
    ['rendezvous', 0.985, 0.996],
  ])('%s succeeds as published', (policy, least, most) => {
    const [share = 0] = shares(policy, [1]);
    expect(share).toBeGreaterThan(least);
    expect(share).toBeLessThan(most);
  });

  it('p2c-ewma answers 99.9 % in time, whatever the luck', () => {
    expect(Math.min(...shares('p2c-ewma', [1, 2, 3]))).toBeGreaterThan(0.999);
  });

  it('is the same twice', () => {
    const short = { ...oneSlow, durationMs: 2_000 };
    const written = (seed: number) => JSON.stringify(simulate(short, 'p2c', seed));
    expect(written(5)).toBe(written(5));
    expect(written(5)).not.toBe(written(6));
  });
});

describe('a server that is ten times as slow', () => {
  it('is flooded by round robin', () => {
    expect(successShare(simulate(tenTimesSlower, 'round-robin'))).toBeLessThan(0.92);
  });

  it.each<[PolicyName, number]>([
    ['least-request', 0.03],
    ['p2c', 0.03],
    ['rendezvous', 0.03],
    ['p2c-ewma', 0.005],
  ])('gets little of %s, and nobody waits too long', (policy, share) => {
    const served = simulate(tenTimesSlower, policy);
    expect(successShare(served)).toBeGreaterThan(0.999);
    expect(shareOf(ODD_ONE, served)).toBeLessThan(share);
  });

  it('does not show at all in the slowest hundredth with p2c-ewma', () => {
    expect(percentileMs(0.99, simulate(tenTimesSlower, 'p2c-ewma'))).toBeLessThan(80);
    expect(percentileMs(0.99, simulate(tenTimesSlower, 'p2c'))).toBeGreaterThan(300);
  });
});

describe('a server that fails fast', () => {
  it('attracts whoever counts requests in flight', () => {
    expect(shareOf(ODD_ONE, simulate(failsFast, 'least-request'))).toBeGreaterThan(0.5);
    expect(shareOf(ODD_ONE, simulate(failsFast, 'p2c'))).toBeGreaterThan(1 / 11);
  });

  it('does not attract p2c-ewma', () => {
    expect(shareOf(ODD_ONE, simulate(failsFast, 'p2c-ewma'))).toBeLessThan(0.01);
  });

  it.each(POLICY_NAMES)('is ejected at the fifth failure, whatever chooses: %s', (policy) => {
    const failed = simulate(guarded(failsFast), policy).filter(({ outcome }) => outcome === 'failed');
    // One more may be on its way when the fifth comes back.
    expect([5, 6]).toContain(failed.length);
  });
});

describe('a cold newcomer', () => {
  const joining = (policy: PolicyName, slowStartMs: number) =>
    between(STRIKES_AT_MS, UNTIL_MS, simulate({ ...newcomer, slowStartMs }, policy));

  it('is flooded by round robin, and not with slow start', () => {
    expect(successShare(joining('round-robin', 0))).toBeLessThan(0.9);
    expect(successShare(joining('round-robin', 5_000))).toBe(1);
  });

  it('is spared by p2c-ewma itself, which sends one request and looks how long it takes', () => {
    expect(percentileMs(0.99, joining('p2c-ewma', 0))).toBeLessThan(100);
    expect(percentileMs(0.99, joining('least-request', 0))).toBeGreaterThan(200);
  });

  it.each(POLICY_NAMES)('has its share in the end with %s', (policy) => {
    const served = simulate({ ...newcomer, slowStartMs: 5_000, durationMs: 40_000 }, policy);
    expect(shareOf(ODD_ONE, between(35_000, 40_000, served))).toBeGreaterThan(0.15);
  });
});

describe('a server that is cut off and comes back', () => {
  it.each(POLICY_NAMES)('costs a handful of requests and has its share again with %s', (policy) => {
    const served = simulate(guarded(cutOff), policy);
    expect(served.filter(({ outcome }) => outcome !== 'fine').length).toBeLessThanOrEqual(5);
    const dead = between(STRIKES_AT_MS + 1_000, UNTIL_MS, served);
    expect(shareOf(ODD_ONE, dead)).toBe(0);
    expect(shareOf(ODD_ONE, between(UNTIL_MS + 2_000, cutOff.durationMs, served))).toBeGreaterThan(0.2);
  });

  it('costs round robin a quarter of the requests where nobody is ejected', () => {
    const dead = between(STRIKES_AT_MS, UNTIL_MS, simulate(cutOff, 'round-robin'));
    expect(successShare(dead)).toBeCloseTo(0.75, 2);
  });
});
