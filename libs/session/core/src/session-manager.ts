import { SessionEndedError } from './errors.js';
import type { EndReason, EndedSession, LiveSession, SessionClient, SessionLookup } from './session.js';
import type { SessionIds } from './session-ids.js';
import { SessionNamespace } from './session-namespace.js';
import { checkSettings, type SessionSettings } from './session-settings.js';
import type { SessionStore } from './session-store.js';
import type { ParsedRefreshToken, RefreshTokens } from './refresh-tokens.js';

const MAX_USER_AGENT = 256;

/** What a `SessionManager` is made of. */
export interface SessionManagerDeps {
  readonly store: SessionStore;
  readonly ids: SessionIds;
  /** Only the authorisation server has them: who begins and refreshes sessions. */
  readonly refreshTokens?: RefreshTokens;
  readonly settings: SessionSettings;
}

/** A sign-in that succeeded. */
export interface BeginSession {
  readonly userId: string;
  readonly roles: readonly string[];
  readonly client: SessionClient;
  /** Authentication context class; default 1 (password). */
  readonly acr?: number;
  /** Lives for `rememberMeTimeoutMs` instead of `absoluteTimeoutMs`. Idleness counts all the same. */
  readonly rememberMe?: boolean;
  /** What `epoch(userId)` answered before the credential was checked. Without it, only the begin itself is guarded. */
  readonly epoch?: number;
}

/** A session that has begun, or was refreshed, and its refresh token. */
export interface SessionGrant {
  readonly session: LiveSession;
  readonly refreshToken: string;
}

/** What came of a refresh. `ended` says why, if the session is over; without it the token was never good. */
export type RefreshOutcome =
  | ({ readonly outcome: 'refreshed' } & SessionGrant)
  | {
      readonly outcome: 'refused';
      readonly ended?: EndedSession;
      /** This refresh was a theft and ended it. */ readonly theft?: true;
    };

/** The values of all namespaces of a session, by namespace. */
export type SessionData = Readonly<Record<string, unknown>>;

/**
 * Sessions, as services use them. Forged ids and tokens are refused here, before the store is asked.
 * Every method rejects with `StoreUnavailableError` when the store cannot answer.
 */
export class SessionManager {
  readonly #store: SessionStore;
  readonly #ids: SessionIds;
  readonly #refreshTokens: RefreshTokens | undefined;
  readonly #settings: SessionSettings;
  readonly #queues = new Map<string, Promise<unknown>>();

  /** @throws TypeError if a setting is out of range */
  constructor(deps: SessionManagerDeps) {
    this.#store = deps.store;
    this.#ids = deps.ids;
    this.#refreshTokens = deps.refreshTokens;
    this.#settings = checkSettings(deps.settings);
  }

  /** What `begin` wants as `epoch`: read it before the credential is checked. */
  epoch(userId: string): Promise<number> {
    return this.#store.epoch(userId);
  }

  /** Begins a session. @throws SessionEndedError if all of the user's sessions were ended meanwhile */
  async begin(input: BeginSession): Promise<SessionGrant> {
    const epoch = input.epoch ?? (await this.#store.epoch(input.userId));
    const sessionId = this.#ids.mint(input.userId);
    const first = this.#issuer().first(sessionId);
    const settings = this.#settings;
    const begun = await this.#store.begin(
      {
        sessionId,
        userId: input.userId,
        roles: [...input.roles],
        acr: input.acr ?? 1,
        client: { ip: input.client.ip, userAgent: input.client.userAgent.slice(0, MAX_USER_AGENT) },
        epoch,
        idleTimeoutMs: settings.idleTimeoutMs,
        absoluteTimeoutMs: input.rememberMe ? settings.rememberMeTimeoutMs : settings.absoluteTimeoutMs,
      },
      first.secret,
      settings.sessionsPerUser,
    );
    if (begun.outcome === 'ended') throw new SessionEndedError(begun.ended);
    return { session: begun.session, refreshToken: first.token };
  }

  /** What is known of a session. */
  async resolve(sessionId: string): Promise<SessionLookup> {
    return this.#ids.parse(sessionId) ? this.#store.read(sessionId) : { state: 'absent' };
  }

  /** Swaps a refresh token for its successor. Races and retries within the window get the same one. */
  async refresh(token: string): Promise<RefreshOutcome> {
    const issuer = this.#issuer();
    const parsed = issuer.parse(token);
    const successor = parsed && issuer.successor(parsed);
    if (!parsed || !successor) return { outcome: 'refused' };
    const rotated = await this.#store.rotate(
      parsed.presented,
      successor.secret,
      this.#settings.refreshWindowMs,
    );
    switch (rotated.outcome) {
      case 'rotated':
        return { outcome: 'refreshed', session: rotated.session, refreshToken: successor.token };
      case 'repeated':
        return this.#repeat(parsed, rotated.keyId, rotated.session);
      case 'reused':
        return { outcome: 'refused', ended: rotated.ended, theft: true };
      case 'ended':
        return { outcome: 'refused', ended: rotated.ended };
      case 'refused':
        return { outcome: 'refused' };
    }
  }

  /** The session that a refresh token of ours belongs to, live or not (RFC 7009). */
  sessionOfRefreshToken(token: string): string | undefined {
    return this.#issuer().parse(token)?.presented.sessionId;
  }

  /** Ends one session. Answers how many ended: 0 when repeated. */
  async revoke(sessionId: string, because: EndReason): Promise<number> {
    if (!this.#ids.parse(sessionId)) return 0;
    return (await this.#store.end(sessionId, because)) ? 1 : 0;
  }

  /** Ends all sessions of a user but `keepSessionId`. Answers how many ended. */
  async revokeAll(userId: string, because: EndReason, keepSessionId?: string): Promise<number> {
    return (await this.#store.endAll(userId, because, keepSessionId)).length;
  }

  /** A user's live sessions, most recently active first. */
  list(userId: string): Promise<readonly LiveSession[]> {
    return this.#store.list(userId);
  }

  /** Notes activity. `false` if the session is not live. Only the gateway does this, at most once a minute per session. */
  async touch(sessionId: string): Promise<boolean> {
    return this.#ids.parse(sessionId) ? this.#store.touch(sessionId) : false;
  }

  /** The data of all namespaces; `undefined` if the session is not live. One command. */
  async allData(sessionId: string): Promise<SessionData | undefined> {
    const data = this.#ids.parse(sessionId) && (await this.#store.readData(sessionId));
    return data && Object.fromEntries(Object.entries(data).map(([name, held]) => [name, held.value]));
  }

  /** One namespace of the sessions' data, typed by its owner. */
  namespace<T>(name: string): SessionNamespace<T> {
    return new SessionNamespace<T>({ store: this.#store, ids: this.#ids, queues: this.#queues }, name);
  }

  #repeat(parsed: ParsedRefreshToken, keyId: string, session: LiveSession): RefreshOutcome {
    const successor = this.#issuer().successor(parsed, keyId);
    return successor
      ? { outcome: 'refreshed', session, refreshToken: successor.token }
      : { outcome: 'refused' };
  }

  #issuer(): RefreshTokens {
    if (!this.#refreshTokens)
      throw new TypeError('This process has no refresh keys: it cannot begin sessions.');
    return this.#refreshTokens;
  }
}
