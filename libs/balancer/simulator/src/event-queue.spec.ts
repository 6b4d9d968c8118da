import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@holdfast/balancer-core';
import { EventQueue } from './event-queue.js';

describe('EventQueue', () => {
  it('lets things happen in the order of time, at one moment in the order of planning', () => {
    const queue = new EventQueue();
    const random = seededRandom(1);
    const plan = Array.from({ length: 500 }, (_none, order) => ({ at: Math.floor(random() * 50), order }));
    const happened: { at: number; order: number }[] = [];
    for (const event of plan) {
      queue.at(event.at, () => {
        expect(queue.now()).toBe(event.at);
        happened.push(event);
      });
    }
    queue.run();
    expect(happened).toEqual(plan.toSorted((a, b) => a.at - b.at || a.order - b.order));
  });

  it('takes what is planned meanwhile, and the past for now', () => {
    const queue = new EventQueue();
    const times: number[] = [];
    queue.at(10, () => {
      queue.at(15, () => times.push(queue.now()));
      queue.at(5, () => times.push(queue.now()));
    });
    queue.at(20, () => times.push(queue.now()));
    queue.run();
    expect(times).toEqual([10, 15, 20]);
  });
});
