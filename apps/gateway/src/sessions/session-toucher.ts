import { touchIntervalMs, type LiveSession, type SessionManager } from '@holdfast/session-core';
import type { AccessTokenVerifier } from '@holdfast/session-nest';

/** How long a token is left alone that names no live session. */
const INTERVAL_MS = 60_000;
/** After a failure. */
const RETRY_MS = 1_000;
/** Tokens and sessions that are remembered, so that most requests cost one look-up. */
const CAPACITY = 50_000;
/** Tokens looked at at a time; over it activity is noted by a later request. */
const MAX_UNDER_WAY = 100;
/** Half of an ES256 signature names a token and opens nothing. */
const KEY_LENGTH = 43;

/**
 * Notes activity: the session of a genuine bearer token, or of a cookie, is touched at most once in its
 * `touchIntervalMs`. Nobody waits for it, and it refuses nobody: that is the services' to decide.
 */
export class SessionToucher {
  readonly #dueAt = new Map<string, number>();
  #underWay = 0;

  constructor(
    private readonly verifier: Pick<AccessTokenVerifier, 'verify'>,
    private readonly manager: Pick<SessionManager, 'resolve' | 'touch'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** Takes the `Authorization` header of a request. Returns at once and never throws. */
  note(authorization: string | undefined): void {
    if (authorization === undefined || this.#underWay >= MAX_UNDER_WAY) return;
    const key = authorization.slice(-KEY_LENGTH);
    const now = this.now();
    if (now < (this.#dueAt.get(key) ?? 0)) return;
    const [, token] = /^bearer +(\S+) *$/i.exec(authorization) ?? [];
    if (token === undefined) return;
    this.#begin(key, now, () => this.#touch(token));
  }

  /** Takes the session that a cookie opened a moment ago. Returns at once and never throws. */
  noteSession(session: LiveSession): void {
    const { sessionId } = session.record;
    const now = this.now();
    if (this.#underWay >= MAX_UNDER_WAY || now < (this.#dueAt.get(sessionId) ?? 0)) return;
    this.#begin(sessionId, now, () => this.#touchIfDue(session));
  }

  #begin(key: string, now: number, touch: () => Promise<number>): void {
    this.#remember(key, now + INTERVAL_MS);
    this.#underWay += 1;
    void touch()
      .then(
        (dueInMs) => this.#remember(key, now + dueInMs),
        () => this.#remember(key, now + RETRY_MS),
      )
      .finally(() => (this.#underWay -= 1));
  }

  /** Touches the token's session if nobody did. Returns when to look again, in milliseconds. */
  async #touch(token: string): Promise<number> {
    const claims = await this.verifier.verify(token);
    if (claims?.kind !== 'session') return INTERVAL_MS;
    const found = await this.manager.resolve(claims.sessionId);
    return found.state === 'live' ? this.#touchIfDue(found) : INTERVAL_MS;
  }

  async #touchIfDue({ record: { sessionId, idleTimeoutMs }, lastSeenAt }: LiveSession): Promise<number> {
    const intervalMs = touchIntervalMs(idleTimeoutMs);
    // Another worker, or another token of the session, may have done it.
    const sinceMs = Math.max(0, this.now() - lastSeenAt);
    if (sinceMs < intervalMs) return intervalMs - sinceMs;
    await this.manager.touch(sessionId);
    return intervalMs;
  }

  #remember(key: string, dueAt: number): void {
    this.#dueAt.delete(key);
    this.#dueAt.set(key, dueAt);
    if (this.#dueAt.size <= CAPACITY) return;
    const [oldest] = this.#dueAt.keys();
    if (oldest !== undefined) this.#dueAt.delete(oldest);
  }
}
