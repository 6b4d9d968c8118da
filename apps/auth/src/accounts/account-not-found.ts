import { CodedError } from '@holdfast/contracts';

/** An id that names no account. */
export function accountNotFound(): CodedError {
  return new CodedError('ERR_NOT_FOUND', 'There is no such account');
}
