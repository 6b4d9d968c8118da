/** Signals within this time of the first are the same Ctrl+C: npm forwards what the terminal has already sent to us. */
const SAME_KEYSTROKE_MS = 1_000;
const PARENT_POLL_MS = 250;

/** Waits for whatever asks the launcher to stop: Ctrl+C, SIGTERM, SIGHUP, the end of who started it. */
export class StopRequest {
  /** Resolves at the first request, with who asked. */
  readonly first: Promise<string>;
  private firstAt: number | undefined;
  private resolveFirst: (who: string) => void = () => undefined;
  private readonly parent = process.ppid;
  private readonly timer: NodeJS.Timeout | undefined;

  /** `onSecond` is called when somebody presses Ctrl+C again. */
  constructor(private readonly onSecond: () => void) {
    this.first = new Promise((resolve) => (this.resolveFirst = resolve));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => this.hear(signal));
    // Started with a channel (as the tests do): its end is the end of who started us.
    if (process.connected) process.once('disconnect', () => this.hear('its starter has ended'));
    if (process.env['npm_lifecycle_event'] !== undefined) {
      this.timer = setInterval(() => {
        if (process.ppid !== this.parent) this.hear('npm has ended');
      }, PARENT_POLL_MS);
      this.timer.unref();
    }
  }

  /** `true` once somebody has asked. */
  get made(): boolean {
    return this.firstAt !== undefined;
  }

  private hear(who: string): void {
    const now = performance.now();
    if (this.firstAt === undefined) {
      this.firstAt = now;
      clearInterval(this.timer);
      this.resolveFirst(who);
    } else if (who.startsWith('SIG') && now - this.firstAt > SAME_KEYSTROKE_MS) {
      this.onSecond();
    }
  }
}
