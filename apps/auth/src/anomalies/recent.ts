/** How much is remembered, and for how long. */
export interface RecentLimits {
  readonly windowMs: number;
  /** Subjects at a time; the one that was quiet for longest gives way. */
  readonly subjects: number;
  /** Entries of one subject; the oldest give way. */
  readonly entries: number;
}

/** Something that was noted of a subject. */
export interface Noted<T> {
  readonly at: number;
  readonly value: T;
}

/** What was noted of subjects lately: bounded in both directions, whatever comes. */
export class Recent<T> {
  readonly #subjects = new Map<string, Noted<T>[]>();

  constructor(private readonly limits: RecentLimits) {}

  /** Notes a value, and answers all of the subject within the window before it, the new one last. */
  add(subject: string, at: number, value: T): readonly Noted<T>[] {
    const { windowMs, subjects, entries } = this.limits;
    const known = this.#subjects.get(subject) ?? [];
    const kept = [...known.filter((each) => each.at > at - windowMs).slice(1 - entries), { at, value }];
    this.#subjects.delete(subject);
    this.#subjects.set(subject, kept);
    if (this.#subjects.size > subjects) {
      const [quietest] = this.#subjects.keys();
      if (quietest !== undefined) this.#subjects.delete(quietest);
    }
    return kept;
  }

  /** Begins anew with a subject: what was found is not found again by the next event. */
  forget(subject: string): void {
    this.#subjects.delete(subject);
  }

  /** How many subjects are remembered. */
  get size(): number {
    return this.#subjects.size;
  }
}

/** How many different values there are. */
export function distinct<T, V>(noted: readonly Noted<T>[], valueOf: (value: T) => V): number {
  return new Set(noted.map(({ value }) => valueOf(value))).size;
}
