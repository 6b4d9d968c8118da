const STEP = 0x6d2b79f5;
const RANGE = 2 ** 32;

/** A small seeded generator (mulberry32): the same seed gives the same numbers. Not for secrets. */
export class Random {
  private state: number;

  /** `seed`: a whole number; its lowest 32 bits count. */
  constructor(private readonly seed: number) {
    this.state = seed >>> 0;
  }

  /** A generator of its own for a part of the plan: what others draw does not change it. */
  fork(name: string): Random {
    let hash = this.seed >>> 0;
    // FNV-1a
    for (const letter of name) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
    return new Random(hash);
  }

  /** From 0 up to, and without, 1. */
  next(): number {
    this.state = (this.state + STEP) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / RANGE;
  }

  /** From `least` up to `most`. */
  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  /** One of them; `undefined` where there is none. */
  pick<T>(all: readonly T[]): T | undefined {
    return all[Math.floor(this.next() * all.length)];
  }

  /** The name of a weight, as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const entries = Object.entries(weights) as [Name, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    const found = entries.find(([, weight]) => (left -= weight) < 0) ?? entries.at(-1);
    if (found === undefined) throw new TypeError('there is nothing to choose from');
    return found[0];
  }
}
