import type { EndedSession } from './session.js';

/** What every error of this library is; `code` is stable and one of the platform's error codes. */
export abstract class SessionError extends Error {
  abstract readonly code: string;
}

/** The store cannot answer in time, or cannot promise what it answered. The credential is still good: never a reason for 401. */
export class StoreUnavailableError extends SessionError {
  override readonly name = 'StoreUnavailableError';
  readonly code = 'ERR_STORE_UNAVAILABLE';

  constructor(message = 'The session store cannot answer.', options?: ErrorOptions) {
    super(message, options);
  }
}

/** The ledger of revocations cannot answer in time. What it was asked to record may have been recorded. */
export class LedgerUnavailableError extends SessionError {
  override readonly name = 'LedgerUnavailableError';
  readonly code = 'ERR_STORE_UNAVAILABLE';

  constructor(message = 'The ledger of revocations cannot answer.', options?: ErrorOptions) {
    super(message, options);
  }
}

/** The session is over; `ended` says why and when. */
export class SessionEndedError extends SessionError {
  override readonly name = 'SessionEndedError';
  readonly code = 'ERR_SESSION_ENDED';

  constructor(readonly ended: EndedSession) {
    super(`The session ended: ${ended.because}.`);
  }
}

/** No such session (any more): never begun, or ended so long ago that its tombstone, and the reason with it, is gone. */
export class SessionUnknownError extends SessionError {
  override readonly name = 'SessionUnknownError';
  readonly code = 'ERR_SESSION_ENDED';

  constructor() {
    super('There is no such session.');
  }
}

/**
 * What a namespace holds cannot be read by this code: it fits no schema, or code wrote it that is so new (or so old)
 * that nothing was left for this version. Names the namespace and the version, and quotes nothing of the data.
 */
export class SessionDataError extends SessionError {
  override readonly name = 'SessionDataError';
  readonly code = 'ERR_INTERNAL';

  constructor(namespace: string, version: number) {
    super(`What the session holds in the namespace ${namespace} cannot be read as version ${version}.`);
  }
}
