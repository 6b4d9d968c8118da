import type { Clock } from '../clock.js';
export { seededRandom as seeded } from '../random.js';
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

/** A member of the service `order`. */
export function member(id: string, state: MemberState = 'ready', startedAt = 1): Member {
  return { id, service: 'order', url: `http://${id}`, state, pid: 1, startedAt };
}
