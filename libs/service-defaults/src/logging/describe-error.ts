import { types } from 'node:util';
import { scrub } from './scrub.js';

/** An error as it is logged. */
interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: ErrorDescription;
}

/**
 * What of an error may be logged: name, message (see `scrub`), code, frames, causes. Other members are left out, since
 * drivers put the values of a query or a command there.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!types.isNativeError(error))
    return { type: typeof error, message: 'Something else than an error was thrown.' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const stack = framesOf(error);
  return {
    type: error.name,
    message: messageOf(error),
    ...(code !== undefined && { code }),
    ...(stack !== '' && { stack }),
    ...(types.isNativeError(error.cause) && depth < 4 && { cause: describeError(error.cause, depth + 1) }),
  };
}

/** Drizzle's message is the statement and then its values: a password's hash, an e-mail. */
function messageOf(error: Error): string {
  const hasQuery = 'query' in error && typeof error.query === 'string';
  return scrub(hasQuery ? `Failed query: ${error.query}` : error.message);
}

/** Only the frames: the head of a stack repeats the message. */
function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n');
}
