import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { IdempotencyKeys } from './idempotency-keys.js';
import { Settlement } from './settlement.js';

const INTERVAL_MS = 5_000;
/** Longer than an order takes with the store away, so that a sweep rarely meets one that is being placed. */
const ABANDONED_AFTER_MS = 10_000;
const AT_ONCE = 100;

/** Finishes, in the background, what crashes left behind. Each instance runs one; all it does may be done twice. */
@Injectable()
export class SettlementSweep implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log = new Logger(SettlementSweep.name);
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly settlement: Settlement,
    private readonly keys: IdempotencyKeys,
  ) {}

  onApplicationBootstrap(): void {
    this.#running = this.#run();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** One pass. */
  async sweep(abandonedAfterMs = ABANDONED_AFTER_MS): Promise<void> {
    await this.settlement.settleAbandoned(abandonedAfterMs, AT_ONCE);
    await this.keys.forgetExpired();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await sleep(INTERVAL_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await this.sweep().catch((error: unknown) => this.#log.warn('Unsettled orders wait', error));
    }
  }
}
