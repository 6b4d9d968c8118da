import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AccountStore } from './account-store.js';
import { Profiles } from './profiles.js';

const INTERVAL_MS = 2_000;

/** Makes, in the background, the profiles of registrations that were cut off. Each instance runs one; claims keep them apart. */
@Injectable()
export class ProfileFinisher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ProfileFinisher.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly accounts: AccountStore,
    private readonly profiles: Profiles,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Makes the profiles that nobody is at. Answers how many it could not make. */
  async finish(): Promise<number> {
    const abandoned = await this.accounts.claimAbandonedProfiles();
    const results = await Promise.allSettled(abandoned.map((account) => this.profiles.make(account)));
    return results.filter(({ status }) => status === 'rejected').length;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const waiting = await this.finish();
        if (waiting > 0) this.logger.warn(`Profiles that wait for the user service: ${waiting}`);
      } catch (error) {
        this.logger.warn('Cannot look for missing profiles', error);
      }
      await sleep(INTERVAL_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
