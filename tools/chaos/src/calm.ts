/** Whether everything works again: each kind of request succeeded just now, and none has failed for a while. */
export class Calm<Kind extends string> {
  private readonly succeededAt = new Map<Kind, number>();
  private failedAt = -Infinity;

  /** `quietMs`: for how long nothing may have failed. `freshMs`: how long ago a success may be to count. */
  constructor(
    private readonly kinds: readonly Kind[],
    private readonly limits: { readonly quietMs: number; readonly freshMs: number },
  ) {}

  /** Notes an answer of this moment. */
  note(kind: Kind, hasFailed: boolean, nowMs: number): void {
    if (hasFailed) this.failedAt = nowMs;
    else this.succeededAt.set(kind, nowMs);
  }

  /** Judges this moment. */
  isAt(nowMs: number): boolean {
    const { quietMs, freshMs } = this.limits;
    if (nowMs - this.failedAt < quietMs) return false;
    return this.kinds.every((kind) => nowMs - (this.succeededAt.get(kind) ?? -Infinity) < freshMs);
  }
}
