import { CodedError, problemCodeOf, sessionDataAnswerSchema } from '@holdfast/contracts';
import {
  MAX_SEALED_DATA,
  SessionDataTooLargeError,
  type DataChange,
  type DataWriter,
} from '@holdfast/session-token';
import type { ServiceCredentials } from './service-credentials.js';

const DEADLINE_MS = 3_000;

/** Has auth write session data: it alone has the key that signs what clients carry. */
export class RemoteDataWriter implements DataWriter {
  constructor(private readonly auth: Pick<ServiceCredentials, 'request'>) {}

  /** Rejects with `SessionDataTooLargeError`, or with `ERR_UPSTREAM_UNAVAILABLE` if auth cannot be asked. */
  async write(change: DataChange): Promise<string> {
    if (change.json.length > MAX_SEALED_DATA) throw new SessionDataTooLargeError(MAX_SEALED_DATA);
    const answer = await this.auth.request('auth', {
      method: 'POST',
      path: '/internal/session-data',
      body: JSON.stringify(change),
      // It keeps nothing: the same change again is the same answer.
      idempotent: true,
      deadlineMs: DEADLINE_MS,
    });
    const text = await answer.text();
    if (answer.status === 200) return sessionDataAnswerSchema.parse(JSON.parse(text)).sealed;
    if (problemCodeOf(text) === 'ERR_SESSION_DATA_TOO_LARGE')
      throw new SessionDataTooLargeError(MAX_SEALED_DATA);
    throw new CodedError('ERR_UPSTREAM_UNAVAILABLE', 'The session data cannot be written at the moment.');
  }
}
