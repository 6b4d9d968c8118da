interface Event {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

/** What is to happen, in the order of time; at the same moment in the order in which it was planned. A binary heap. */
export class EventQueue {
  readonly #heap: Event[] = [];
  #planned = 0;
  #now = 0;

  /** The time of the event that happens, in milliseconds; 0 before the first one. */
  now(): number {
    return this.#now;
  }

  /** Plans an event. One in the past happens now. */
  at(at: number, act: () => void): void {
    this.#heap.push({ at: Math.max(at, this.#now), order: this.#planned++, act });
    this.#rise(this.#heap.length - 1);
  }

  /** Lets everything happen, and what is planned meanwhile. */
  run(): void {
    for (let event = this.#take(); event; event = this.#take()) {
      this.#now = event.at;
      event.act();
    }
  }

  #take(): Event | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rise(index: number): void {
    for (let at = index; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(index: number): void {
    for (let at = index; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const earlier = this.#isBefore(right, left) ? right : left;
      if (!this.#isBefore(earlier, at)) return;
      this.#swap(at, earlier);
      at = earlier;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (!a) return false;
    return !b || a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #swap(one: number, other: number): void {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a && b) [this.#heap[one], this.#heap[other]] = [b, a];
  }
}
