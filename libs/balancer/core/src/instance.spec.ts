import { describe, expect, it } from '@jest/globals';
import { DEFAULT_HEALTH_SETTINGS } from './instance-health.js';
import { Instance } from './instance.js';
import { member } from './spec/fakes.js';

const LEAST_MS = 250;

function instance(latencyMs = 10): Instance {
  const made = new Instance(member('order-1'), 0, DEFAULT_HEALTH_SETTINGS);
  made.hasAnswered = true;
  made.latency.observe(latencyMs, 0);
  return made;
}

const sent = (to: Instance, now: number, count = 1) => {
  for (let time = 0; time < count; time++) to.noteAwaited(now);
};

describe('an instance that hangs', () => {
  it('is quiet from when it had something to answer, or from its last answer', () => {
    const one = instance();
    expect(one.quietMs(500)).toBe(0);
    sent(one, 1_000, 2);
    expect(one.quietMs(1_300)).toBe(300);
    one.noteSettled(1_400, true);
    expect(one.quietMs(1_500)).toBe(100);
    one.noteSettled(1_600, true);
    expect(one.quietMs(5_000)).toBe(0);
  });

  it('is not heard by what was given up', () => {
    const one = instance();
    sent(one, 1_000, 2);
    one.noteSettled(1_400, false);
    expect(one.quietMs(1_500)).toBe(500);
  });

  it('seems so when it is silent towards three, for as long as is suspicious', () => {
    const one = instance();
    sent(one, 1_000, 2);
    expect(one.seemsHung(9_000, LEAST_MS)).toBe(false);
    sent(one, 1_050);
    expect(one.seemsHung(1_249, LEAST_MS)).toBe(false);
    expect(one.seemsHung(1_250, LEAST_MS)).toBe(true);
  });

  it('seems so to a single one where others have given up before, or checks fail', () => {
    const one = instance();
    sent(one, 1_000);
    expect(one.seemsHung(1_300, LEAST_MS)).toBe(false);
    one.health.note('local-failure', 1_300);
    expect(one.seemsHung(1_300, LEAST_MS)).toBe(true);
  });

  it('is suspected later where answers usually take long', () => {
    const slow = instance(400);
    expect(slow.suspicionMs(0, LEAST_MS)).toBe(3_200);
    expect(instance(1).suspicionMs(0, LEAST_MS)).toBe(LEAST_MS);
  });

  it('costs as much as its silence towards several is long; a single one may just take long', () => {
    const one = instance();
    sent(one, 0);
    expect(one.cost(600)).toBeLessThan(10);
    sent(one, 0, 2);
    expect(one.cost(600)).toBe(600);
    one.noteSettled(600, true);
    expect(one.cost(600)).toBeLessThan(10);
  });
});
