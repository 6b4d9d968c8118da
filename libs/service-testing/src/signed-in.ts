import { randomUUID } from 'node:crypto';
import type { SessionManager } from '@holdfast/session-core';
import type { ServiceFleet } from './service-fleet.js';
import type { Answer, Call } from './test-client.js';

/** Who signs in. */
export interface Visitor {
  /** Default: somebody new. */
  readonly userId?: string;
  /** Default: `user`. */
  readonly roles?: readonly string[];
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
    { userId = randomUUID(), roles = ['user'] }: Visitor = {},
  ): Promise<P> {
    const client = { ip: '127.0.0.1', userAgent: 'test' };
    const { sessionId } = (await sessions.begin({ userId, roles, client })).session.record;
    const token = await fleet.issuer.accessToken(userId, sessionId, roles);
    return new this(fleet, sessions, { userId, sessionId, token });
  }

  /** Sends a request with the session's token. */
  call(method: string, path: string, call: Call = {}): Promise<Answer> {
    return this.fleet.call(method, path, { token: this.#token, ...call });
  }
}
