/** When a key does what, by the database's clock. */
export interface KeyTimes {
  /** Published before that. */
  readonly signsFromAt: number;
  /** When it stops signing: its successor's `signsFromAt`. Absent without one. */
  readonly retiredAt?: number;
}

/** Whether a key is published but does not sign yet. */
export function isPending(key: KeyTimes, at: number): boolean {
  return key.signsFromAt > at;
}

/** Whether anybody may still have to verify with a key. @param keepMs - how long after it stopped signing */
export function isPublished({ retiredAt }: KeyTimes, at: number, keepMs: number): boolean {
  return retiredAt === undefined || at < retiredAt + keepMs;
}

/** The key that signs: the newest that has begun. There is always one: the first of all if clocks say that none has. */
export function signingAt<K extends KeyTimes>(keys: readonly K[], at: number): K | undefined {
  const inOrder = [...keys].sort((one, other) => one.signsFromAt - other.signsFromAt);
  return inOrder.filter((key) => !isPending(key, at)).at(-1) ?? inOrder[0];
}
