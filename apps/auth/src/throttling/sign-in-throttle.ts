import type { AccountFailures, AddressFailures } from './failures.js';
import type { SharedTurns } from './shared-turns.js';
import type { ThrottleKeys } from './throttle-keys.js';
import { Turns } from './turns.js';

/** Who tries to prove something. Neither is kept as it is: Redis gets keyed hashes. */
export interface Claimant {
  /** What is guessed at, whether it exists or not: an e-mail in lower case, or the session of somebody who is signed in. */
  readonly account: string;
  readonly address: string;
}

/** The parts of the throttle. */
export interface SignInThrottleDeps {
  readonly keys: ThrottleKeys;
  readonly accounts: AccountFailures;
  readonly addresses: AddressFailures;
  readonly shared: SharedTurns;
}

/**
 * Limits the guessing of passwords and codes, per account and per address. It counts failures only, and ends no
 * session: nobody can lock a victim out of a device that is signed in already.
 *
 * A burst gets no more guesses than attempts one after the other, over all instances: attempts of one account, and of
 * one address, take turns in the process and then in Redis, and as many run at once as may still fail. While Redis is
 * away each instance counts for itself, and a burst gets the limit from each.
 */
export class SignInThrottle {
  private readonly turns = new Turns();

  constructor(private readonly deps: SignInThrottleDeps) {}

  /**
   * Proves something, if there is an attempt left. `undefined` is a failure and is counted; a value is a success, which
   * forgets the account's failures but not the address's; what `prove` throws counts as neither.
   * `ERR_RATE_LIMITED` with `Retry-After`, before anything is proven, when there were too many failures.
   */
  attempt<T>(who: Claimant, prove: () => Promise<T | undefined>): Promise<T | undefined> {
    const { keys, accounts, addresses, shared } = this.deps;
    const [account, address] = [keys.account(who.account), keys.address(who.address)];
    const counted = async () => {
      const proven = await prove();
      if (proven === undefined) await Promise.all([accounts.add(account), addresses.add(address)]);
      else await accounts.forget(account);
      return proven;
    };
    const queues = [accounts.queue(account), addresses.queue(address)];
    const check = () => Promise.all([accounts.left(account), addresses.left(address)]);
    const inTurn = () => shared.run(queues, check, counted);
    // Always the account first: nobody waits for an account while others wait for an address of his.
    return this.turns.run(
      `account ${account}`,
      () => accounts.left(account),
      () => this.turns.run(`address ${address}`, () => addresses.left(address), inTurn),
    );
  }

  /** Forgets the failures of an account whose owner was proven in another way, by a mail or to an administrator. */
  forget(account: string): Promise<void> {
    return this.deps.accounts.forget(this.deps.keys.account(account));
  }
}
