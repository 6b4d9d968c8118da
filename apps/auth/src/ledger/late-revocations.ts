import { setTimeout as sleep } from 'node:timers/promises';
import { LedgerUnavailableError, type LedgerEntry } from '@holdfast/session-core';
import { Logger } from '@nestjs/common';
import type { AskedRevocation } from './recording.js';

const MOST_WAITING = 10_000;
const BATCH = 500;
const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/** What the ledger has not got: tried again and again, for as long as this process lives. */
export class LateRevocations {
  private readonly logger = new Logger('RevocationLedger');
  private readonly stopping = new AbortController();
  private waiting: AskedRevocation[] = [];
  private dropped = 0;
  private working: Promise<void> | undefined;

  constructor(private readonly record: (revocation: AskedRevocation) => Promise<LedgerEntry>) {}

  /** The oldest gives way where too many wait. */
  add(revocation: AskedRevocation): void {
    this.waiting.push(revocation);
    if (this.waiting.length > MOST_WAITING) {
      this.waiting.shift();
      if ((this.dropped += 1) === 1) this.logger.error('Too many revocations wait: the oldest are dropped');
    }
    this.working ??= this.work();
  }

  /** Tries one last time. What is left then, only the session store knows of. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.working;
    while (this.waiting.length > 0 && (await this.recordSome()));
    if (this.waiting.length > 0)
      this.logger.error(`Revocations that nobody recorded: ${this.waiting.length}`);
  }

  private async work(): Promise<void> {
    this.logger.warn('The ledger cannot record revocations: the session store alone has them for now');
    const { signal } = this.stopping;
    let pauseMs = SHORTEST_PAUSE_MS;
    while (this.waiting.length > 0 && !signal.aborted) {
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      const isBack = !signal.aborted && (await this.recordSome());
      pauseMs = isBack ? 0 : Math.min(2 * pauseMs || SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS);
    }
    this.working = undefined;
    if (this.waiting.length === 0) this.sayThatItCaughtUp();
  }

  /** `false` if the ledger is still away. What it refuses for another reason would be refused for ever. */
  private async recordSome(): Promise<boolean> {
    const batch = this.waiting.splice(0, BATCH);
    const results = await Promise.allSettled(batch.map((revocation) => this.record(revocation)));
    const failures = results.map((result): unknown =>
      result.status === 'rejected' ? result.reason : undefined,
    );
    const isAway = (failure: unknown) => failure instanceof LedgerUnavailableError;
    const refusal: unknown = failures.find((failure) => failure !== undefined && !isAway(failure));
    if (refusal !== undefined) this.logger.error('The ledger refuses revocations: they are dropped', refusal);
    const left = batch.filter((_revocation, at) => isAway(failures[at]));
    this.waiting = [...left, ...this.waiting].slice(-MOST_WAITING);
    return left.length === 0;
  }

  private sayThatItCaughtUp(): void {
    this.logger.log({ msg: 'The ledger has caught up with revocations', dropped: this.dropped });
    this.dropped = 0;
  }
}
