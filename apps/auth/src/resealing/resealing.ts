import type { ResealProgress, Resealer } from '@holdfast/session-redis';
import type { Logger } from '@nestjs/common';

/** Between two looks while there is something to do: other processes may still seal with the older secret. */
const PAUSE_MS = 60_000;
/** Between two looks once nothing was found. */
const LONG_PAUSE_MS = 3_600_000;
const RETRY_MS = 10_000;
const TOLD_EVERY_MS = 10_000;

/** What the job works with. */
export interface ResealingDeps {
  readonly resealer: Pick<Resealer, 'pass'>;
  /** Runs it unless another instance is at it: then `undefined`. */
  readonly alone: <T>(pass: () => Promise<T>) => Promise<T | undefined>;
  readonly logger: Pick<Logger, 'log' | 'warn'>;
}

/**
 * Seals anew what an older `SEALING_SECRET` has sealed, for as long as the process lives, and says in the log how far it
 * is and when no other secret is needed any more. A store that is away is waited for.
 */
export class Resealing {
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #toldAt = 0;

  constructor(private readonly deps: ResealingDeps) {}

  start(): void {
    void this.#look();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Told of each batch; the log hears of it now and then. */
  tell(progress: ResealProgress): void {
    const now = performance.now();
    if (now - this.#toldAt < TOLD_EVERY_MS) return;
    this.#toldAt = now;
    this.deps.logger.log({ msg: 'Sealing anew', ...progress });
  }

  async #look(): Promise<void> {
    const pauseMs = await this.#pass().catch((error: unknown) => {
      this.deps.logger.warn({ msg: 'Sealing anew was interrupted; it goes on', err: error });
      return RETRY_MS;
    });
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#look(), pauseMs).unref();
  }

  async #pass(): Promise<number> {
    const progress = await this.deps.alone(() => this.deps.resealer.pass());
    if (progress === undefined) return RETRY_MS;
    const { resealed, raced, unreadable } = progress;
    if (unreadable > 0) {
      const hint = 'SEALING_SECRET_PREVIOUS lacks a secret; see the runbook for one that is lost';
      this.deps.logger.warn({ msg: `Values of sessions do not open: ${hint}`, ...progress });
    }
    if (resealed + raced > 0) {
      this.deps.logger.log({ msg: 'Sealed anew', ...progress });
      return PAUSE_MS;
    }
    if (unreadable === 0) {
      const msg =
        'All values of sessions are sealed with the current SEALING_SECRET: no other opens any of them';
      this.deps.logger.log({ msg, ...progress });
    }
    return LONG_PAUSE_MS;
  }
}
