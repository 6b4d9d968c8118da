import { addressBlock } from '@holdfast/service-defaults';
import type { Detector, Finding, Seen } from './detector.js';
import { distinct, Recent } from './recent.js';
import { MOST_ENTRIES, MOST_SUBJECTS, type Thresholds } from './thresholds.js';

/** A failed attempt to prove who one is. */
interface Failure {
  /** A keyed hash of what was tried: the same for one account, whether it exists or not. */
  readonly account: string;
  readonly address: string;
  readonly at: number;
  readonly event: Seen;
}

function failureIn(event: Seen): Failure | undefined {
  const isAttempt = event.type === 'sign-in' || event.type === 'step-up';
  if (!isAttempt || event.outcome !== 'failure') return undefined;
  const account = event.detail?.['account'] ?? event.userId;
  if (!account || event.ip === null) return undefined;
  return { account: String(account), address: addressBlock(event.ip), at: event.occurredAt.getTime(), event };
}

/** Many failures of one account, from wherever. */
export class StuffingOfAccount implements Detector {
  readonly #recent: Recent<string>;

  constructor(private readonly limits: Pick<Thresholds, 'failureWindowMs' | 'accountFailures'>) {
    const { failureWindowMs: windowMs, accountFailures: entries } = limits;
    this.#recent = new Recent({ windowMs, subjects: MOST_SUBJECTS, entries });
  }

  see(event: Seen): Finding | undefined {
    const failure = failureIn(event);
    if (!failure) return undefined;
    const noted = this.#recent.add(failure.account, failure.at, failure.address);
    const { accountFailures, failureWindowMs: windowMs } = this.limits;
    if (noted.length < accountFailures) return undefined;
    this.#recent.forget(failure.account);
    const evidence = { failures: noted.length, addresses: distinct(noted, (each) => each), windowMs };
    const { userId, ip } = event;
    return { detector: 'stuffing-account', severity: 'medium', userId, ip, evidence };
  }
}

type AddressLimits = Pick<Thresholds, 'failureWindowMs' | 'addressFailures' | 'addressAccounts'>;

/** Many failures from one address, over several accounts. */
export class StuffingFromAddress implements Detector {
  readonly #recent: Recent<string>;

  constructor(private readonly limits: AddressLimits) {
    const { failureWindowMs: windowMs } = limits;
    this.#recent = new Recent({ windowMs, subjects: MOST_SUBJECTS, entries: MOST_ENTRIES });
  }

  see(event: Seen): Finding | undefined {
    const failure = failureIn(event);
    if (!failure) return undefined;
    const noted = this.#recent.add(failure.address, failure.at, failure.account);
    const { addressFailures, addressAccounts, failureWindowMs: windowMs } = this.limits;
    if (noted.length < addressFailures) return undefined;
    const accounts = distinct(noted, (each) => each);
    if (accounts < addressAccounts) return undefined;
    this.#recent.forget(failure.address);
    const evidence = { failures: noted.length, accounts, windowMs };
    return { detector: 'stuffing-address', severity: 'high', ip: event.ip, evidence };
  }
}

const EVERYBODY = '';

/** Failures that are few for each account and each address, and many together: a list is tried from a botnet. */
export class StuffingSpread implements Detector {
  readonly #recent: Recent<Pick<Failure, 'account' | 'address'>>;

  constructor(
    private readonly limits: Pick<Thresholds, 'failureWindowMs' | 'spreadAccounts' | 'spreadAddresses'>,
  ) {
    const { failureWindowMs: windowMs } = limits;
    this.#recent = new Recent({ windowMs, subjects: 1, entries: MOST_ENTRIES });
  }

  see(event: Seen): Finding | undefined {
    const failure = failureIn(event);
    if (!failure) return undefined;
    const { account, address, at } = failure;
    const noted = this.#recent.add(EVERYBODY, at, { account, address });
    const { spreadAccounts, spreadAddresses, failureWindowMs: windowMs } = this.limits;
    if (noted.length < spreadAccounts) return undefined;
    const accounts = distinct(noted, (each) => each.account);
    const addresses = distinct(noted, (each) => each.address);
    if (accounts < spreadAccounts || addresses < spreadAddresses) return undefined;
    this.#recent.forget(EVERYBODY);
    const evidence = { failures: noted.length, accounts, addresses, windowMs };
    return { detector: 'stuffing-spread', severity: 'high', evidence };
  }
}
