import type { Clock } from '../clock.js';
import type { Member, MemberState } from '../member.js';

/** A clock that stands still until it is told. */
export class FakeClock implements Clock {
  #now = 1_000_000;

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

/** The same numbers every time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A member of the service `order`. */
export function member(id: string, state: MemberState = 'ready', startedAt = 1): Member {
  return { id, service: 'order', url: `http://${id}`, state, pid: 1, startedAt };
}
