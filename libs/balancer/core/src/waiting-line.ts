import { PRIORITIES, type Priority } from './admission-settings.js';

/** Who waits, since when, and until when. */
export interface Waiting {
  readonly priority: Priority;
  readonly since: number;
  readonly until: number;
}

type Lines<W> = Readonly<Record<Priority, Set<W>>>;

/**
 * Lines that wait, one for each priority, first come first served in each; and those that were set aside, whose turn comes
 * when nobody else waits.
 */
export class WaitingLine<W extends Waiting> {
  readonly #lines: Lines<W> = emptyLines();
  readonly #aside: Lines<W> = emptyLines();
  /** In the order in which their turns come. */
  readonly #inOrder: readonly Set<W>[];
  #size = 0;

  constructor() {
    this.#inOrder = [this.#lines, this.#aside].flatMap((lines) =>
      PRIORITIES.map((priority) => lines[priority]),
    );
  }

  get size(): number {
    return this.#size;
  }

  add(one: W): void {
    this.#lines[one.priority].add(one);
    this.#size += 1;
  }

  /** Takes one out. */
  remove(one: W): void {
    if (this.#lines[one.priority].delete(one) || this.#aside[one.priority].delete(one)) this.#size -= 1;
  }

  /** Who waits now waits for those that come, but for high ones. */
  setAside(): void {
    for (const priority of ['normal', 'low'] as const) {
      for (const one of this.#lines[priority]) this.#aside[priority].add(one);
      this.#lines[priority].clear();
    }
  }

  /** Since when the first of a priority waits. */
  since(priority: Priority): number | undefined {
    return first(this.#lines[priority])?.since;
  }

  /** How many would be served before one that comes now. */
  ahead(priority: Priority): number {
    const upTo = PRIORITIES.slice(0, PRIORITIES.indexOf(priority) + 1);
    return upTo.reduce((total, each) => total + this.#lines[each].size, 0);
  }

  /** Takes out whose turn it is. */
  next(): W | undefined {
    for (const line of this.#inOrder) {
      const one = first(line);
      if (!one) continue;
      this.remove(one);
      return one;
    }
    return undefined;
  }

  /** Whom one of this priority would displace: the last that came of the lowest below it. */
  displacedBy(priority: Priority): W | undefined {
    const below = PRIORITIES.slice(PRIORITIES.indexOf(priority) + 1).toReversed();
    const line = below.flatMap((each) => [this.#aside[each], this.#lines[each]]).find(({ size }) => size > 0);
    return line && [...line].at(-1);
  }

  /** Takes out all whose time is over. */
  overdue(now: number): readonly W[] {
    const late = this.#inOrder.flatMap((line) => [...line].filter(({ until }) => until <= now));
    for (const one of late) this.remove(one);
    return late;
  }
}

function emptyLines<W>(): Lines<W> {
  return { high: new Set(), normal: new Set(), low: new Set() };
}

function first<W>(line: ReadonlySet<W>): W | undefined {
  for (const one of line) return one;
  return undefined;
}
