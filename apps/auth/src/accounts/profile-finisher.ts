import { setTimeout as sleep } from 'node:timers/promises';
import type { AccountStore } from './account-store.js';
import type { Profiles } from './profiles.js';

/** Where the finisher says what went wrong. */
interface Log {
  warn(message: string): void;
}

/** Completes, in the background, accounts whose registration was cut off. Each instance runs one; claims keep them apart. */
export class ProfileFinisher {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly accounts: AccountStore,
    private readonly profiles: Profiles,
    private readonly log: Log,
    private readonly intervalMs: number,
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.finish().catch((error: unknown) => this.log.warn(`profiles wait: ${String(error)}`));
      await sleep(this.intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async finish(): Promise<void> {
    const abandoned = await this.accounts.claimAbandonedProfiles();
    const results = await Promise.allSettled(abandoned.map((account) => this.profiles.make(account)));
    const failed = results.filter(({ status }) => status === 'rejected').length;
    if (failed > 0) this.log.warn(`${failed} profiles wait for the user service`);
  }
}
