/** A failure that the reader can mend: the message is one sentence with the way out. `exitCode` is 1, or 2 for a wrong call. */
export class LauncherError extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
    /** Lines worth showing below the sentence, such as the end of a log. */
    readonly details: readonly string[] = [],
  ) {
    super(message);
    this.name = 'LauncherError';
  }
}

/** The code of a system error (`ENOENT`, `EADDRINUSE` …), if it is one. */
export function errorCode(error: unknown): string | undefined {
  // No `instanceof`: under Jest, Node's own errors belong to another realm.
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
