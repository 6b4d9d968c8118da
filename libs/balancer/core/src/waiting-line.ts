import { PRIORITIES, type Priority } from './admission-settings.js';

/** Who waits, since when, and until when. */
export interface Waiting {
  readonly priority: Priority;
  readonly since: number;
  readonly until: number;
}

/** Lines that wait, one for each priority, first come first served in each. */
export class WaitingLine<W extends Waiting> {
  readonly #lines: Readonly<Record<Priority, Set<W>>> = {
    high: new Set(),
    normal: new Set(),
    low: new Set(),
  };

  get size(): number {
    return PRIORITIES.reduce((total, priority) => total + this.#lines[priority].size, 0);
  }

  add(one: W): void {
    this.#lines[one.priority].add(one);
  }

  /** Takes one out; `false` if it was not there. */
  remove(one: W): boolean {
    return this.#lines[one.priority].delete(one);
  }

  /** Since when the first of a priority waits. */
  since(priority: Priority): number | undefined {
    return first(this.#lines[priority])?.since;
  }

  /** Takes out whose turn it is. */
  next(): W | undefined {
    for (const priority of PRIORITIES) {
      const one = first(this.#lines[priority]);
      if (one) {
        this.remove(one);
        return one;
      }
    }
    return undefined;
  }

  /** Takes out the last that came of the lowest priority below this one. */
  displace(by: Priority): W | undefined {
    for (const priority of PRIORITIES.toReversed()) {
      if (priority === by) return undefined;
      const one = [...this.#lines[priority]].at(-1);
      if (one) {
        this.remove(one);
        return one;
      }
    }
    return undefined;
  }

  /** Takes out all whose time is over. */
  overdue(now: number): readonly W[] {
    const all = PRIORITIES.flatMap((priority) => [...this.#lines[priority]]);
    const late = all.filter(({ until }) => until <= now);
    for (const one of late) this.remove(one);
    return late;
  }
}

function first<W>(line: ReadonlySet<W>): W | undefined {
  for (const one of line) return one;
  return undefined;
}
