import { noteAnswer, servedBy, type SeenAnswer } from './answers.js';
import { ApiProblem, problemOf } from './problem.js';
import { Store } from './store.js';

/** What may go along with a request. */
export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** The last time that the platform said that there is no session, and how. */
export const refusals = new Store<ApiProblem | undefined>(undefined);

/**
 * Asks the platform, with the browser's own cookie: no credential is ever in a script's hands.
 * Throws an `ApiProblem` for any answer that is no success, and where nobody answered.
 */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  return (await callWithAnswer<T>(method, path, options)).body;
}

/** As `call`, and who answered. */
export async function callWithAnswer<T>(
  method: string,
  path: string,
  { body, headers, signal }: CallOptions = {},
): Promise<{ readonly body: T; readonly answer: SeenAnswer }> {
  const from = performance.now();
  const note = (status: number, by: Headers) =>
    noteAnswer({ at: Date.now(), method, path, status, ...servedBy(by), tookMs: performance.now() - from });
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    signal: signal ?? null,
    headers: { accept: 'application/json', ...(body !== undefined && JSON_TYPE), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    note(0, new Headers());
    throw new ApiProblem({ status: 0, code: 'NO_ANSWER', detail: 'The platform did not answer.' });
  });
  const text = await response.text();
  const answer = note(response.status, response.headers);
  if (response.ok) return { body: (text === '' ? undefined : JSON.parse(text)) as T, answer };
  const problem = problemOf(response.status, text, response.headers.get('retry-after'));
  if (['ERR_SESSION_ENDED', 'ERR_UNAUTHENTICATED'].includes(problem.code)) refusals.set(problem);
  throw problem;
}

const JSON_TYPE = { 'content-type': 'application/json' };
