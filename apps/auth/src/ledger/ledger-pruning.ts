import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { PostgresRevocationLedger } from './postgres-revocation-ledger.js';

const INTERVAL_MS = 3_600_000;

/** Forgets revocations of sessions that could not live any more in any case, once an hour. */
export class LedgerPruning implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(LedgerPruning.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  /** @param keepMs - how long an entry stays, in milliseconds */
  constructor(
    private readonly ledger: Pick<PostgresRevocationLedger, 'prune'>,
    private readonly keepMs: number,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await sleep(INTERVAL_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await this.prune();
    }
  }

  private async prune(): Promise<void> {
    try {
      const pruned = await this.ledger.prune(this.keepMs);
      if (pruned > 0) this.logger.log({ msg: 'Old revocations deleted', pruned });
    } catch (error) {
      this.logger.warn('Cannot delete old revocations', error);
    }
  }
}
