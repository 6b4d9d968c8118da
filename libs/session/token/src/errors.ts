import { SessionError } from '@holdfast/session-core';

/** The strategy `token` keeps no record, so that it cannot do this. */
export class StrategyUnsupportedError extends SessionError {
  override readonly name = 'StrategyUnsupportedError';
  readonly code = 'ERR_STRATEGY_UNSUPPORTED';
  readonly detail: string;

  /** @param what - what it cannot do, as a sentence begins: `List sessions` */
  constructor(what: string) {
    const detail = `${what}: with SESSION_STRATEGY=token nobody keeps a record of sessions; each ends at its deadline.`;
    super(detail);
    this.detail = detail;
  }
}

/** What the session's client would have to carry is more than a cookie or a header takes. */
export class SessionDataTooLargeError extends SessionError {
  override readonly name = 'SessionDataTooLargeError';
  readonly code = 'ERR_SESSION_DATA_TOO_LARGE';
  readonly detail: string;

  /** @param most - characters that a client carries */
  constructor(most: number) {
    const detail = `Sealed, the session's data would be more than the ${most} characters that a client carries: nothing was written.`;
    super(detail);
    this.detail = detail;
  }
}
