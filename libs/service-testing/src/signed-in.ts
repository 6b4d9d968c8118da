import { randomUUID } from 'node:crypto';
import type { LiveSession, SessionManager } from '@holdfast/session-core';
import type { ServiceFleet } from './service-fleet.js';
import type { Answer, Call } from './test-client.js';

/** Who signs in. */
export interface Visitor {
  /** Default: somebody new. */
  readonly userId?: string;
  /** Default: `user`, for a guest `guest`. */
  readonly roles?: readonly string[];
  /** A session that begins without a sign-in. Default: whether `guest` is among the roles. */
  readonly guest?: boolean;
  /** Level of the sign-in. Default 1 (password), for a guest 0. */
  readonly acr?: number;
  /** Whether the session has just stepped up, which makes its level 2. Default `false`. */
  readonly steppedUp?: boolean;
}

/** A session and the access token that opens it. */
export interface OpenSession {
  readonly userId: string;
  readonly sessionId: string;
  readonly token: string;
}

/** Somebody with a session on a fleet. */
export class SignedIn {
  readonly userId: string;
  readonly sessionId: string;
  readonly #token: string;

  constructor(
    private readonly fleet: ServiceFleet,
    /** Holds the session. */
    readonly sessions: SessionManager,
    { userId, sessionId, token }: OpenSession,
  ) {
    this.userId = userId;
    this.sessionId = sessionId;
    this.#token = token;
  }

  /** Begins a session, as auth would, for this class or one that extends it. `sessions` needs refresh keys. */
  static async begin<P extends SignedIn>(
    this: new (fleet: ServiceFleet, sessions: SessionManager, session: OpenSession) => P,
    fleet: ServiceFleet,
    sessions: SessionManager,
    visitor: Visitor = {},
  ): Promise<P> {
    const { record } = await beginSession(sessions, visitor);
    const { userId, sessionId } = record;
    return new this(fleet, sessions, { userId, sessionId, token: await fleet.issuer.accessToken(record) });
  }

  /** Sends a request with the session's token. */
  call(method: string, path: string, call: Call = {}): Promise<Answer> {
    return this.fleet.call(method, path, { token: this.#token, ...call });
  }
}

async function beginSession(sessions: SessionManager, visitor: Visitor): Promise<LiveSession> {
  const { userId = randomUUID(), acr, steppedUp = false } = visitor;
  const guest = visitor.guest ?? visitor.roles?.includes('guest') ?? false;
  const { session } = await sessions.begin({
    userId,
    roles: visitor.roles ?? [guest ? 'guest' : 'user'],
    client: { ip: '127.0.0.1', userAgent: 'test' },
    guest,
    ...(acr !== undefined && { acr }),
  });
  return steppedUp ? (await sessions.stepUp(session.record.sessionId, { acr: 2 })).session : session;
}
