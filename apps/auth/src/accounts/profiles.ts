import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '@holdfast/contracts';
import { Injectable } from '@nestjs/common';
import { AccountStore, type Account, type UnansweredAccount } from './account-store.js';
import { UserService } from './user-service.js';

const POLL_MS = 100;
const WAIT_LIMIT_MS = 6_000;

/**
 * Sees to it that every account gets its profile. An account is written before its profile, so a crash
 * between the two leaves it without one: a repeat of the registration, a sign-in or the finisher of any
 * instance makes it then. One of them at a time, by a claim that lapses with whoever held it.
 */
@Injectable()
export class Profiles {
  constructor(
    private readonly accounts: AccountStore,
    private readonly userService: UserService,
  ) {}

  /** Makes the profile of an account that the caller has claimed, else `ERR_UPSTREAM_UNAVAILABLE`: a repeat finishes it. */
  async make(claimed: UnansweredAccount): Promise<void> {
    try {
      await this.userService.makeProfile(claimed);
    } catch (cause) {
      await this.accounts.releaseProfile(claimed.id);
      throw unavailable(cause);
    }
    await this.accounts.profileMade(claimed.id);
  }

  /** Makes the profile if there is none, or waits until somebody else has. */
  async ensure({ id, email, ...account }: Account): Promise<void> {
    const giveUpAt = performance.now() + WAIT_LIMIT_MS;
    let { profileMadeAt } = account;
    while (profileMadeAt === null) {
      const claimed = await this.accounts.claimProfile(id);
      if (claimed !== undefined) return this.make(claimed);
      if (performance.now() > giveUpAt) throw unavailable();
      await sleep(POLL_MS);
      const current = await this.accounts.findByEmail(email);
      if (current === undefined) return;
      ({ profileMadeAt } = current);
    }
  }
}

function unavailable(cause?: unknown): CodedError {
  const detail = 'The profile could not be made yet; repeat the request to finish it';
  return Object.assign(new CodedError('ERR_UPSTREAM_UNAVAILABLE', detail, { retryAfterSeconds: 1 }), {
    cause,
  });
}
