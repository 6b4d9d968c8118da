import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  SessionIds,
  SessionKeys,
  touchIntervalMs,
  type Amendment,
  type LiveSession,
  type NewSession,
  type PresentedRefresh,
  type RotationSecret,
  type SessionStore,
} from '@holdfast/session-core';

/** A driver under the contract. */
export interface StoreUnderTest {
  readonly store: SessionStore;
  /** The store's clock, epoch milliseconds. */
  now(): Promise<number>;
  /** Lets `ms` pass for the sessions of this user: by moving a clock, or by moving what is stored into the past. */
  advance(userId: string, ms: number): Promise<void>;
  /** Closes the store and whatever stands behind it. */
  close(): Promise<void>;
}

/** Makes a driver. Data of other users may be there: the contract uses random ones. */
export type MakeStore = (options: {
  readonly ids: SessionIds;
  readonly tombstoneMs: number;
}) => Promise<StoreUnderTest>;

/** Idle timeout of the contract's sessions, in milliseconds. */
export const IDLE_MS = 1_800_000;
/** How seldom the contract's sessions are touched, and so how late they end by idleness, in milliseconds. */
export const TOUCH_MS = touchIntervalMs(IDLE_MS);
/** Absolute timeout of the contract's sessions, in milliseconds. */
export const ABSOLUTE_MS = 43_200_000;
/** Refresh window of the contract, in milliseconds. */
export const WINDOW_MS = 30_000;
/** How long the contract's tombstones live, in milliseconds. */
export const TOMBSTONE_MS = 86_400_000;
/** Real time that a test may take besides what it advances, in milliseconds. */
export const SLACK_MS = 10_000;

/** What the contract's chapters work with: a driver, and sessions of one random user at a time. */
export class StoreHarness {
  readonly ids = new SessionIds(SessionKeys.fromSecret(randomBytes(32).toString('base64url')));
  #driver: StoreUnderTest | undefined;

  /** Makes the driver. */
  async open(makeStore: MakeStore): Promise<void> {
    this.#driver = await makeStore({ ids: this.ids, tombstoneMs: TOMBSTONE_MS });
  }

  get driver(): StoreUnderTest {
    if (!this.#driver) throw new Error('The driver is not open.');
    return this.#driver;
  }

  get store(): SessionStore {
    return this.driver.store;
  }

  /** A session that has not begun. */
  draft(userId: string, change: Partial<NewSession> = {}): NewSession {
    return {
      sessionId: this.ids.mint(userId),
      userId,
      roles: ['user'],
      acr: 1,
      client: { ip: '203.0.113.7', userAgent: 'contract "quoted" \n ☂' },
      epoch: 0,
      idleTimeoutMs: IDLE_MS,
      absoluteTimeoutMs: ABSOLUTE_MS,
      ...change,
    };
  }

  /** Begins a session that has cookies; the first one's hash is `cookieHash(1)`. */
  async beginWithCookie(userId: string, change: Partial<NewSession> = {}): Promise<LiveSession> {
    const draft = this.draft(userId, { cookieHash: cookieHash(1), ...change });
    const begun = await this.store.begin(draft, undefined, 100);
    if (begun.outcome !== 'begun') throw new Error(`The session did not begin: ${begun.ended.because}.`);
    return begun.session;
  }

  /** Amends a live session as it is now. */
  async amend(sessionId: string, amendment: Amendment): Promise<LiveSession> {
    const { record } = await this.live(sessionId);
    const amended = await this.store.amend(sessionId, record.version, amendment);
    if (amended.outcome !== 'amended') throw new Error(`Not amended: ${amended.outcome}.`);
    return amended.session;
  }

  /** A session that is live. */
  async live(sessionId: string): Promise<LiveSession> {
    const found = await this.store.read(sessionId);
    if (found.state !== 'live') throw new Error(`Not live: ${found.state}.`);
    return found;
  }

  /** Begins a session whose first refresh secret is `secret(1)`. */
  async begin(userId: string, change: Partial<NewSession> = {}, limit = 100): Promise<LiveSession> {
    const begun = await this.store.begin(this.draft(userId, change), secret(1), limit);
    if (begun.outcome !== 'begun') throw new Error(`The session did not begin: ${begun.ended.because}.`);
    return begun.session;
  }
}

/** A user that no other test has. */
export function randomUser(): string {
  return randomUUID();
}

/** The secret of a generation, as the store keeps it. */
export function secret(generation: number, keyId = 'k1'): RotationSecret {
  return { hash: createHash('sha256').update(`secret ${generation}`).digest('base64url'), keyId };
}

/** The hash of a session's n-th cookie. */
export function cookieHash(n: number): string {
  return createHash('sha256').update(`cookie ${n}`).digest('base64url');
}

/** A genuine refresh token of a generation. */
export function presented(session: LiveSession, generation: number): PresentedRefresh {
  return { sessionId: session.record.sessionId, generation, hash: secret(generation).hash };
}
