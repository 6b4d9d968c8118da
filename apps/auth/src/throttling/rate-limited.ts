import { CodedError } from '@holdfast/contracts';

/** `ERR_RATE_LIMITED` with the time to wait, in whole seconds and never 0. */
export function rateLimited(detail: string, forMs: number): CodedError {
  const retryAfterSeconds = Math.max(1, Math.ceil(forMs / 1000));
  return new CodedError('ERR_RATE_LIMITED', detail, { retryAfterSeconds });
}
