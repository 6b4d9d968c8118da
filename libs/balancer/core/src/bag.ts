/** Where something is in a `Bag`; takes it out. */
export interface Place<T> {
  readonly value: T;
  /** @internal -1: nowhere any more. */
  at: number;
}

/**
 * Holds what comes and goes with each request, in no order. JavaScript's `Set` would do, but for garbage: each time that it
 * grows or is tidied up it leaves a table behind that knows the next one and whatever was in it. Once such a table has
 * survived two collections of young objects it keeps its successors, and with them all requests, until old objects are
 * collected as well, and a busy gateway collects garbage instead of serving. Here, what is taken out is gone.
 */
export class Bag<T> {
  readonly #places: Place<T>[] = [];

  get size(): number {
    return this.#places.length;
  }

  add(value: T): Place<T> {
    const place = { value, at: this.#places.length };
    this.#places.push(place);
    return place;
  }

  /** Takes it out; `false` if it was taken out before. */
  remove(place: Place<T>): boolean {
    const { at } = place;
    if (at === -1) return false;
    place.at = -1;
    const last = this.#places.pop();
    if (last && last !== place) {
      this.#places[at] = last;
      last.at = at;
    }
    return true;
  }

  /** Takes out what is true of. */
  removeWhere(isOver: (value: T) => boolean): void {
    for (const place of this.#places.filter(({ value }) => isOver(value))) this.remove(place);
  }

  /** Whatever is in it at this moment. */
  values(): readonly T[] {
    return this.#places.map(({ value }) => value);
  }
}
