/**
 * How much a request depends on the session being true at this very moment. `critical`: what changes credentials,
 * rights or money; `write`: whatever else changes something; `read`: the rest.
 */
export type RoutePolicy = 'critical' | 'write' | 'read';

/**
 * How long ago a session may have been confirmed that is served while the store cannot be asked, in milliseconds, by
 * policy. The HTTP contract's values.
 */
export const STALENESS_BOUND_MS: Readonly<Record<RoutePolicy, number>> = Object.freeze({
  critical: 1_000,
  write: 10_000,
  read: 60_000,
});
