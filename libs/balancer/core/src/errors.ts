/** Why no answer of an instance can be given to the caller. */
export type UpstreamErrorCode = 'ERR_UPSTREAM_UNAVAILABLE' | 'ERR_UPSTREAM_TIMEOUT';

/**
 * No instance of a service answered. `ERR_UPSTREAM_UNAVAILABLE`: none is known, none could be reached, or the
 * connection broke; `ERR_UPSTREAM_TIMEOUT`: the deadline passed, and whether the request was done is unknown.
 */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';

  constructor(
    readonly code: UpstreamErrorCode,
    readonly service: string,
    readonly detail: string,
  ) {
    super(`${code}: ${service}: ${detail}`);
  }
}
