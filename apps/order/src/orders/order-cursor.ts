import { CodedError } from '@holdfast/contracts';

/** A cursor is the id of the last order of its page, in 22 characters that promise nothing. */
export function cursorOf(orderId: string): string {
  return Buffer.from(orderId.replaceAll('-', ''), 'hex').toString('base64url');
}

/** The order id in a cursor. @throws CodedError `ERR_VALIDATION` if it is not one that `cursorOf` makes */
export function orderIdOf(cursor: string): string {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length !== 16 || bytes.toString('base64url') !== cursor) throw badCursor();
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The cursor is not one that this list gave out to this user. */
export function badCursor(): CodedError {
  const message = 'is not a cursor that this list gave out';
  return new CodedError('ERR_VALIDATION', `cursor ${message}`, { errors: [{ path: 'cursor', message }] });
}
