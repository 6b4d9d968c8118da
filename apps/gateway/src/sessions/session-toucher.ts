import type { IncomingMessage } from 'node:http';
import { touchIntervalMs, type LiveSession, type SessionManager } from '@holdfast/session-core';
import type { AccessTokenVerifier } from '@holdfast/session-nest';
import { bearerToken } from '../credentials/bearer-token.js';

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

/** The request that made a touch due, and how many this process has seen with the credential, within which time. */
interface Activity {
  readonly request: IncomingMessage;
  readonly requests: number;
  readonly withinMs: number;
}

/** A touch that the store has taken. */
export interface Touched extends Activity {
  readonly sessionId: string;
  readonly userId: string;
}

/** What came of a look at a session, and when to look again. */
interface Looked {
  readonly dueInMs: number;
  readonly isTouched: boolean;
}

/** What is remembered of a credential. */
interface Noted {
  dueAt: number;
  /** Requests since then. */
  countedFrom: number;
  requests: number;
}

/**
 * Notes activity: the session of a genuine bearer token, or of a cookie, is touched at most once in its
 * `touchIntervalMs`. Nobody waits for it, and it refuses nobody: that is the services' to decide.
 */
export class SessionToucher {
  readonly #noted = new Map<string, Noted>();
  #underWay = 0;

  constructor(
    private readonly verifier: Pick<AccessTokenVerifier, 'verify'>,
    private readonly manager: Pick<SessionManager, 'resolve' | 'touch'>,
    /** Hears of each touch. */
    private readonly onTouch: (touched: Touched) => void = () => undefined,
    private readonly now: () => number = Date.now,
  ) {}

  /** Takes the `Authorization` header of a request, and who sent it. Returns at once and never throws. */
  note(authorization: string | undefined, request: IncomingMessage): void {
    if (authorization === undefined || this.#underWay >= MAX_UNDER_WAY) return;
    const key = authorization.slice(-KEY_LENGTH);
    const now = this.now();
    if (!this.#isDue(key, now)) return;
    const token = bearerToken(authorization);
    if (token === undefined) return;
    this.#begin(key, now, (counted) => this.#touch(token, { request, ...counted }));
  }

  /** Takes the session that a cookie opened a moment ago. Returns at once and never throws. */
  noteSession(session: LiveSession, request: IncomingMessage): void {
    const { sessionId } = session.record;
    const now = this.now();
    if (this.#underWay >= MAX_UNDER_WAY || !this.#isDue(sessionId, now)) return;
    this.#begin(sessionId, now, (counted) => this.#touchIfDue(session, { request, ...counted }));
  }

  /** Counts the request, too. */
  #isDue(key: string, now: number): boolean {
    const noted = this.#noted.get(key);
    if (!noted) return true;
    noted.requests += 1;
    return now >= noted.dueAt;
  }

  #begin(key: string, now: number, touch: (counted: Omit<Activity, 'request'>) => Promise<Looked>): void {
    const { requests, countedFrom } = this.#remember(key, now + INTERVAL_MS);
    this.#underWay += 1;
    void touch({ requests, withinMs: now - countedFrom })
      .then(
        ({ dueInMs, isTouched }) => {
          const noted = this.#remember(key, now + dueInMs);
          if (isTouched) Object.assign(noted, { countedFrom: now, requests: noted.requests - requests });
        },
        () => this.#remember(key, now + RETRY_MS),
      )
      .finally(() => (this.#underWay -= 1));
  }

  /** Touches the token's session if nobody did. */
  async #touch(token: string, activity: Activity): Promise<Looked> {
    const claims = await this.verifier.verify(token);
    if (claims?.kind !== 'session') return { dueInMs: INTERVAL_MS, isTouched: false };
    const found = await this.manager.resolve(claims.sessionId);
    if (found.state === 'live') return this.#touchIfDue(found, activity);
    return { dueInMs: INTERVAL_MS, isTouched: false };
  }

  async #touchIfDue({ record, lastSeenAt }: LiveSession, activity: Activity): Promise<Looked> {
    const { sessionId, userId, idleTimeoutMs } = record;
    const intervalMs = touchIntervalMs(idleTimeoutMs);
    // Another worker, or another token of the session, may have done it.
    const sinceMs = Math.max(0, this.now() - lastSeenAt);
    if (sinceMs < intervalMs) return { dueInMs: intervalMs - sinceMs, isTouched: false };
    if (await this.manager.touch(sessionId)) this.onTouch({ ...activity, sessionId, userId });
    return { dueInMs: intervalMs, isTouched: true };
  }

  #remember(key: string, dueAt: number): Noted {
    const noted = this.#noted.get(key) ?? { dueAt, countedFrom: this.now(), requests: 1 };
    noted.dueAt = dueAt;
    this.#noted.delete(key);
    this.#noted.set(key, noted);
    if (this.#noted.size > CAPACITY) {
      const [oldest] = this.#noted.keys();
      if (oldest !== undefined) this.#noted.delete(oldest);
    }
    return noted;
  }
}
