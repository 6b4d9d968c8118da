import type { Clock } from '@holdfast/session-core';

/** Nobody sets it: it ran on while a machine's clock was put right. */
const MONOTONIC: Clock = { now: () => Math.round(performance.timeOrigin + performance.now()) };

/**
 * The store's clock as this process knows it: each answer that says what time it is there corrects it. For values that
 * are sealed before the store can put its own time in; the scripts refuse a time that is not theirs.
 */
export class StoreClock implements Clock {
  #aheadMs = 0;

  constructor(private readonly own: Clock = MONOTONIC) {}

  now(): number {
    return this.own.now() + this.#aheadMs;
  }

  /** @param now - the store's, epoch milliseconds */
  learn(now: number): void {
    this.#aheadMs = now - this.own.now();
  }
}
