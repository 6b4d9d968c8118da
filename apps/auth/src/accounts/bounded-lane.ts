import { CodedError } from '@holdfast/contracts';

/**
 * Runs at most `width` tasks at once; the others wait in order, at most `queueLimit` of them.
 * One more is refused with `ERR_OVERLOADED`.
 */
export class BoundedLane {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly width: number,
    private readonly queueLimit: number,
  ) {}

  async run<T>(task: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await task();
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.running < this.width) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= this.queueLimit) {
      throw new CodedError('ERR_OVERLOADED', 'Too many sign-ins at once', { retryAfterSeconds: 5 });
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** The place is handed over, not freed: a newcomer cannot slip in before those who wait. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.running -= 1;
    else next();
  }
}
