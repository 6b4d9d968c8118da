import { describe, expect, it } from '@jest/globals';
import { RetryBudget } from './retry-budget.js';
import { FakeClock } from './spec/fakes.js';

function withdrawAll(budget: RetryBudget): number {
  let withdrawn = 0;
  while (budget.withdraw()) withdrawn += 1;
  return withdrawn;
}

describe('RetryBudget', () => {
  it('allows 20 % of the requests of the last 10 s on top of 10 a second', () => {
    const budget = new RetryBudget(undefined, new FakeClock());
    for (let request = 0; request < 1_000; request++) budget.deposit();
    expect(withdrawAll(budget)).toBe(200 + 100);
  });

  it('forgets requests and retries after 10 s', () => {
    const clock = new FakeClock();
    const budget = new RetryBudget(undefined, clock);
    for (let request = 0; request < 1_000; request++) budget.deposit();
    withdrawAll(budget);
    clock.advance(5_000);
    expect(withdrawAll(budget)).toBe(0);
    clock.advance(5_001);
    expect(withdrawAll(budget)).toBe(100);
  });

  it('survives a pause longer than its window', () => {
    const clock = new FakeClock();
    const budget = new RetryBudget({ share: 0.5, floorPerSecond: 0 }, clock);
    for (let request = 0; request < 10; request++) budget.deposit();
    clock.advance(3_600_000);
    expect(budget.withdraw()).toBe(false);
  });
});
