import { ALONE, type Acknowledgements, type RevocationReceipt } from './acknowledgements.js';
import { adopt } from './adoption.js';
import { amend, changeRoles, liveOf, takeLevel, type GivenRoles } from './amending.js';
import type { TokenLookup, TokenSession } from './carried-session.js';
import { EndListeners } from './end-listeners.js';
import { newestOfAll } from './envelope.js';
import { SessionEndedError, SessionUnknownError } from './errors.js';
import type { NamespaceDefinition } from './namespace-definition.js';
import { AskedSessions, type Confirmed, type NearSessions } from './near-sessions.js';
import { newSession } from './new-session.js';
import { newCookie, newRefreshToken, type NewCredential } from './new-credential.js';
import type { RefreshTokens } from './refresh-tokens.js';
import type { EndReason, EndedDevice, LiveSession, SessionLookup, SessionsEnded } from './session.js';
import { SessionCookies } from './session-cookies.js';
import type {
  BearerGrant,
  BeginSession,
  CookieGrant,
  CookieLookup,
  RefreshOutcome,
  SessionData,
  SessionGrant,
} from './session-grant.js';
import { refresh } from './refreshing.js';
import type { LedgerEntry, RevocationLedger, SessionRevocation } from './revocation-ledger.js';
import { NOTHING_REVOKED, Revoker, type Revoked } from './revoking.js';
import type { RoutePolicy } from './route-policy.js';
import type { SessionIds } from './session-ids.js';
import { SessionNamespace, type SessionNamespaceDeps } from './session-namespace.js';
import { asSeenBy } from './session-policy.js';
import type { SessionManagerDeps } from './session-manager-deps.js';
import { checkSettings, type SessionSettings } from './session-settings.js';
import type { SessionStore } from './session-store.js';

const ABSENT = { state: 'absent' } as const;

/**
 * Sessions, as services use them. Forged ids, tokens and cookies are refused here, before the store is asked.
 * Every method rejects with `StoreUnavailableError` when the store cannot answer.
 */
export class SessionManager {
  readonly #store: SessionStore;
  readonly #ids: SessionIds;
  readonly #cookies: SessionCookies;
  readonly #refreshTokens: RefreshTokens | undefined;
  readonly #ledger: RevocationLedger | undefined;
  readonly #settings: SessionSettings;
  readonly #pause: (ms: number) => Promise<void>;
  readonly #namespaces: SessionNamespaceDeps;
  readonly #ends = new EndListeners();
  readonly #revoker: Revoker;
  readonly #acknowledgements: Acknowledgements;
  readonly #near: Pick<NearSessions, 'confirm'>;

  /** @throws TypeError if a setting is out of range */
  constructor(deps: SessionManagerDeps) {
    this.#store = deps.store;
    this.#ids = deps.ids;
    this.#cookies = new SessionCookies(deps.ids);
    this.#refreshTokens = deps.refreshTokens;
    this.#ledger = deps.ledger;
    this.#revoker = new Revoker(deps.store, deps.ledger, this.#ends);
    this.#acknowledgements = deps.acknowledgements ?? ALONE;
    this.#near = deps.near ?? new AskedSessions(deps);
    this.#settings = checkSettings(deps.settings);
    this.#namespaces = { store: deps.store, ids: deps.ids, queues: new Map(), owner: deps.owner };
    this.#pause = deps.pause ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  }

  /**
   * Calls back after each end that this manager has brought about, by whichever method: also of those that gave way to
   * others. Not of deadlines that have passed: whoever comes later is told of those. The listener must not throw.
   */
  onEnd(listener: (ended: SessionsEnded) => void): void {
    this.#ends.add(listener);
  }

  /**
   * What `begin` wants as `epoch`: read it before the credential is checked. What the ledger has and the store not yet
   * counts as well.
   *
   * @throws LedgerUnavailableError
   */
  async epoch(userId: string): Promise<number> {
    const [known, recordedEpoch = 0] = await Promise.all([
      this.#store.epoch(userId),
      this.#ledger?.epochOf(userId),
    ]);
    return Math.max(known, recordedEpoch);
  }

  /**
   * Begins a session.
   *
   * @throws SessionEndedError if all of the user's sessions were ended, or the user's roles changed, since `epoch`
   */
  begin(input: BeginSession & { readonly transport?: 'bearer' }): Promise<BearerGrant>;
  begin(input: BeginSession & { readonly transport: 'cookie' }): Promise<CookieGrant>;
  begin(input: BeginSession): Promise<SessionGrant>;
  async begin(input: BeginSession): Promise<SessionGrant> {
    const { userId, transport = 'bearer' } = input;
    const epoch = input.epoch ?? (await this.#store.epoch(userId));
    const sessionId = this.#ids.mint(userId);
    const { kept, grant } = this.#credential(sessionId, transport);
    const session = newSession(input, { sessionId, epoch, cookieHash: kept.cookieHash }, this.#settings);
    const begun = await this.#store.begin(session, kept.refresh, this.#settings.sessionsPerUser);
    if (begun.outcome === 'ended') throw new SessionEndedError(begun.ended);
    await this.#revoker.note({ sessionIds: begun.replaced, because: 'replaced', userId });
    return grant(begun.session);
  }

  /**
   * What a verified access token opens, on a route with this policy: from nearby, and then at once, where this process has
   * it. While the store is away, what was confirmed within the policy's bound (`STALENESS_BOUND_MS`).
   */
  confirm(
    { sessionId }: TokenSession,
    policy: RoutePolicy,
  ): Confirmed<TokenLookup> | Promise<Confirmed<TokenLookup>> {
    return this.#near.confirm(sessionId, policy);
  }

  /** As `confirm`, for what a cookie opens (see `resolveCookie`). */
  async confirmCookie(cookie: string, policy: RoutePolicy): Promise<Confirmed> {
    const parsed = this.#cookies.parse(cookie);
    if (!parsed) return { found: ABSENT, ageMs: 0 };
    const { found, ageMs } = await this.#near.confirm(parsed.sessionId, policy);
    const seen = found.state === 'live' ? asSeenBy(found, parsed.hash) : found;
    // What is near may be older than the cookie.
    return seen ? { found: seen, ageMs } : { found: await this.resolveCookie(cookie), ageMs: 0 };
  }

  /** What the store knows of a session. */
  async resolve(sessionId: string): Promise<SessionLookup> {
    return this.#ids.parse(sessionId) ? this.#store.read(sessionId) : ABSENT;
  }

  /**
   * What a cookie opens. A live session is shown as *this* cookie sees it: one that was rotated a moment ago is good
   * for the refresh window, with the level and the times of before. Forged, unknown and rotated away: `absent`.
   * Of a session that is over its end is told whatever the secret: nothing is opened by it any more.
   */
  async resolveCookie(cookie: string): Promise<CookieLookup> {
    const parsed = this.#cookies.parse(cookie);
    if (!parsed) return ABSENT;
    const found = await this.#store.read(parsed.sessionId);
    return found.state === 'live' ? (asSeenBy(found, parsed.hash) ?? ABSENT) : found;
  }

  /** The session that a cookie names, live or not. No store is asked: whether it opens it is not said. */
  sessionOfCookie(cookie: string): string | undefined {
    return this.#cookies.parse(cookie)?.sessionId;
  }

  /** Swaps a refresh token for its successor. Races and retries within the window get the same one. */
  async refresh(token: string): Promise<RefreshOutcome> {
    const acknowledged = () => this.#acknowledgements.acknowledged();
    const deps = { store: this.#store, ledger: this.#ledger, revoker: this.#revoker, acknowledged };
    return refresh({ ...deps, tokens: this.#issuer(), windowMs: this.#settings.refreshWindowMs }, token);
  }

  /**
   * The session that a refresh token opens at this moment: the newest one of its session, no spent one, not even
   * within the window. `undefined` for anything else. One command; swaps nothing and is no activity.
   */
  async peekRefresh(token: string): Promise<LiveSession | undefined> {
    const parsed = this.#issuer().parse(token);
    return parsed && this.#store.peekRefresh(parsed.presented);
  }

  /** The session that a refresh token of ours belongs to, live or not (RFC 7009). */
  sessionOfRefreshToken(token: string): string | undefined | Promise<string | undefined> {
    return this.#issuer().parse(token)?.presented.sessionId;
  }

  /**
   * Notes that the user has just proved again who they are: raises the level (it never falls), moves the time of
   * authentication, and swaps the refresh token or the cookie for a fresh one. What was out before is not raised.
   *
   * @throws SessionEndedError, SessionUnknownError if the session is not live
   */
  async stepUp(sessionId: string, { acr }: { readonly acr: number }): Promise<SessionGrant> {
    const session = liveOf(await this.resolve(sessionId));
    const { kept, grant } = this.#credential(sessionId, session.record.cookie ? 'cookie' : 'bearer');
    const change = { ...kept, stepUp: true, previousForMs: this.#settings.refreshWindowMs } as const;
    const amended = await amend(this.#store, session, ({ record }) => ({
      ...change,
      acr: Math.max(record.acr, acr),
    }));
    await this.#acknowledgements.acknowledged();
    return grant(amended?.session ?? session, amended?.generation);
  }

  /** Takes a session's level away: until it steps up it only reads. `false` if it has none, or is over. */
  async demandStepUp(sessionId: string): Promise<boolean> {
    const isTaken = await takeLevel(this.#store, await this.resolve(sessionId));
    await this.#acknowledgements.acknowledged();
    return isTaken;
  }

  /**
   * Ends one session: in the ledger, then in the store; with the ledger away, in the store alone. Answers when all that
   * verify sessions have heard of it, or after a second.
   */
  async revoke(sessionId: string, because: EndReason): Promise<RevocationReceipt> {
    return this.#receipt(this.#end({ kind: 'session', sessionId, because }));
  }

  /** Ends all sessions of a user but `keepSessionId`, as `revoke` ends one. */
  revokeAll(userId: string, because: EndReason, keepSessionId?: string): Promise<RevocationReceipt> {
    const revocation = { kind: 'user', userId, because, ...(keepSessionId && { keepSessionId }) } as const;
    return this.#receipt(this.#revoker.revokeAll(revocation));
  }

  /**
   * Carries out what the ledger has: for whoever recorded it together with what it is about. Counts the sessions that
   * it ended, or whose roles it changed: 0 when repeated.
   */
  carryOut(entry: LedgerEntry): Promise<RevocationReceipt> {
    return this.#receipt(this.#revoker.carryOut(entry));
  }

  /**
   * Gives a user other roles: those count in all live sessions when this answers, and a sign-in in flight with the
   * roles of before begins nothing. For who keeps no ledger of roles; a version that is not higher changes nothing.
   * Answers how many sessions it changed.
   */
  async changeRoles(userId: string, given: GivenRoles): Promise<number> {
    const changed = await changeRoles(this.#store, userId, given);
    await this.#acknowledgements.acknowledged();
    return changed;
  }

  /** Ends a session that another is to follow (`replaced`); its data waits for `adopt`. Nobody's receipt is waited for. */
  async replace(sessionId: string): Promise<Revoked> {
    return this.#end({ kind: 'session', sessionId, because: 'replaced', keepData: true });
  }

  /**
   * Hands the data of a replaced session over to another: each namespace that this one has not written itself.
   * Repeat it until it answers, with the same session or a later one: nothing is lost, nothing is adopted twice.
   * Whoever began to adopt and did not come to the end is ended (`replaced`) by the next one, so give out
   * what opens `into` only afterwards.
   *
   * @returns whether there was anything (left) to adopt
   * @throws SessionEndedError, SessionUnknownError if `into` is not live, or another session got it meanwhile
   */
  async adopt(fromSessionId: string, intoSessionId: string): Promise<boolean> {
    if (!this.#ids.parse(fromSessionId)) return false;
    if (!this.#ids.parse(intoSessionId)) throw new SessionUnknownError();
    const endReplaced = (id: string) => this.revoke(id, 'replaced');
    return adopt({ store: this.#store, pause: this.#pause, endReplaced }, fromSessionId, intoSessionId);
  }

  /** A user's live sessions, most recently active first. */
  list(userId: string): ReturnType<SessionStore['list']> {
    return this.#store.list(userId);
  }

  /** A user's ended sessions, newest first: the last 20, for as long as their tombstones live. */
  listEnded(userId: string): Promise<readonly EndedDevice[]> {
    return this.#store.listEnded(userId);
  }

  /** Notes activity. `false` if the session is not live. Only the gateway does this, once in `touchIntervalMs` at most. */
  async touch(sessionId: string): Promise<boolean> {
    return this.#ids.parse(sessionId) ? this.#store.touch(sessionId) : false;
  }

  /** The data of all namespaces, as their last writers know it; `undefined` if the session is not live. One command. */
  async allData(sessionId: string): Promise<SessionData | undefined> {
    const data = this.#ids.parse(sessionId) && (await this.#store.readData(sessionId));
    return data && newestOfAll(data);
  }

  /** One namespace of the sessions' data. Anybody reads it; its owner updates it. */
  namespace<T>(definition: NamespaceDefinition<T>): SessionNamespace<T> {
    return new SessionNamespace(this.#namespaces, definition);
  }

  async #end(revocation: SessionRevocation): Promise<Revoked> {
    return this.#ids.parse(revocation.sessionId) ? this.#revoker.revoke(revocation) : NOTHING_REVOKED;
  }

  async #receipt(revoking: Promise<Revoked>): Promise<RevocationReceipt> {
    return { ...(await revoking), ...(await this.#acknowledgements.acknowledged()) };
  }

  #credential(sessionId: string, transport: 'bearer' | 'cookie'): NewCredential {
    const issuer = this.#issuer();
    return transport === 'cookie' ? newCookie(this.#cookies, sessionId) : newRefreshToken(issuer, sessionId);
  }

  #issuer(): RefreshTokens {
    if (!this.#refreshTokens)
      throw new TypeError('This process has no refresh keys: it cannot begin sessions.');
    return this.#refreshTokens;
  }
}
