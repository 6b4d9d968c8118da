import {
  beginRecord,
  SessionEndedError,
  SessionManager,
  shortened,
  systemClock,
  timeouts,
  type BearerGrant,
  type BeginSession,
  type Confirmed,
  type Clock,
  type CookieGrant,
  type CookieLookup,
  type EndReason,
  type LedgerEntry,
  type LiveSession,
  type RefreshOutcome,
  type RevocationReceipt,
  type Revoked,
  type RevocationLedger,
  type SessionGrant,
  type SessionIds,
  type SessionLifetime,
  type SessionLookup,
  type SessionRecord,
  type SessionSettings,
  type TokenLookup,
  type TokenSession,
} from '@holdfast/session-core';
import { CarriedStore, type DataWriter } from './carried-store.js';
import { Carriers } from './carrier.js';
import { carriedOf, carrying, expired, NO_HASH, recordOf } from './carried-records.js';
import type { CarriedSession, CredentialKind, SealedCredentials } from './credentials.js';
import { StrategyUnsupportedError } from './errors.js';
import type { DataOpener, DataSealer } from './session-data.js';

/** What the account of a session says at this moment. */
export interface AccountNow {
  readonly roles: readonly string[];
  /** When it was disabled, epoch milliseconds; absent: it is not. */
  readonly disabledAt?: number;
}

/** What only the authorisation server has: with it sessions begin, and their credentials are judged. */
export interface TokenIssuing {
  readonly credentials: SealedCredentials;
  readonly sealer: DataSealer;
  /** An account as it is now; `undefined` if there is none. */
  readonly account: (userId: string) => Promise<AccountNow | undefined>;
  /** Knows which accounts have had their sessions ended: a new password, say. */
  readonly ledger: Pick<RevocationLedger, 'epochOf' | 'hasEnded'>;
  /** How long an access token may be taken after what it stands for is over, in milliseconds. */
  readonly boundMs: number;
}

/** What a `TokenSessionManager` is made of. */
export interface TokenSessionManagerDeps {
  readonly ids: SessionIds;
  readonly settings: SessionSettings;
  readonly opener: DataOpener;
  /** Default: this process writes no data. */
  readonly writer?: DataWriter | undefined;
  /** Whose namespaces it may write: the service's name. Default: nobody's. */
  readonly owner?: string;
  /** Default: this process begins no sessions. */
  readonly issuing?: TokenIssuing | undefined;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

const ABSENT = { state: 'absent' } as const;
/** Nobody is asked, for nobody keeps a record that could be forgotten. */
const NOBODY = { acknowledgedBy: 0, instances: 0 } as const;
const REFUSED = { outcome: 'refused' } as const;

/**
 * Sessions of the strategy `token`: the client carries all of it, and nothing is looked up at a request. An access token
 * says who and until when; refresh token and cookie hold their session sealed, and the account is read when they are
 * used. What would need a record rejects with `StrategyUnsupportedError`.
 */
export class TokenSessionManager extends SessionManager {
  /** The requests that are being served, and what they carry. */
  readonly carriers: Carriers;
  readonly #ids: SessionIds;
  readonly #settings: SessionSettings;
  readonly #issuing: TokenIssuing | undefined;
  readonly #clock: Clock;

  /** @throws TypeError if a setting is out of range */
  constructor({ ids, settings, opener, writer, owner, issuing, clock }: TokenSessionManagerDeps) {
    const carriers = new Carriers();
    const store = new CarriedStore({ carriers, opener, writer });
    super({ store, ids, settings, ...(owner !== undefined && { owner }) });
    this.carriers = carriers;
    this.#ids = ids;
    this.#settings = settings;
    this.#issuing = issuing;
    this.#clock = clock ?? systemClock;
  }

  override epoch(userId: string): Promise<number> {
    return this.#issuer().ledger.epochOf(userId);
  }

  override begin(input: BeginSession & { readonly transport?: 'bearer' }): Promise<BearerGrant>;
  override begin(input: BeginSession & { readonly transport: 'cookie' }): Promise<CookieGrant>;
  override begin(input: BeginSession): Promise<SessionGrant>;
  override async begin(input: BeginSession): Promise<SessionGrant> {
    const record = beginRecord(this.#newSession(input), this.#now());
    if (!input.guest && (await this.#issuer().ledger.hasEnded(record))) throw this.#endedMeanwhile();
    const { current } = this.carriers;
    if (current) current.begun = carrying(record);
    return this.#grant(record);
  }

  /** Nobody knows more of a session than its credentials say. */
  override async resolve(): Promise<SessionLookup> {
    throw new StrategyUnsupportedError('Look a session up');
  }

  /** What the token says. One of another strategy, which says too little, opens nothing. */
  override confirm({ lifetime }: TokenSession): Confirmed<TokenLookup> {
    return { found: this.#whatIsSaid(lifetime), ageMs: 0 };
  }

  /** What a cookie opens, with the roles that its account has now. */
  override async resolveCookie(cookie: string): Promise<CookieLookup> {
    return this.#judge('cookie', cookie);
  }

  /** Only opening it would say. */
  override sessionOfCookie(): undefined {
    return undefined;
  }

  /** A new refresh token with the roles of now. What was presented stays good: there is nobody to say otherwise. */
  override async refresh(token: string): Promise<RefreshOutcome> {
    const found = await this.#judge('refresh-token', token);
    if (found.state === 'ended') return { ...REFUSED, ended: found };
    if (found.state === 'absent') return REFUSED;
    const { refreshToken } = await this.#bearer(found.record);
    return { outcome: 'refreshed', session: found, transport: 'bearer', refreshToken };
  }

  override async peekRefresh(token: string): Promise<LiveSession | undefined> {
    const found = await this.#judge('refresh-token', token);
    return found.state === 'live' ? found : undefined;
  }

  override async sessionOfRefreshToken(token: string): Promise<string | undefined> {
    return (await this.#issuer().credentials.open('refresh-token', token))?.sessionId;
  }

  /** Of the session whose request this is: there is no other way to know it. */
  override async stepUp(sessionId: string, { acr }: { readonly acr: number }): Promise<SessionGrant> {
    const session = this.carriers.current?.session;
    if (session?.sessionId !== sessionId) throw new StrategyUnsupportedError('Raise another session');
    const now = this.#now();
    const raised = { ...session, acr: Math.max(session.acr, acr), authTimeAt: now, steppedUpAt: now };
    const found = await this.#asAccountHasIt(raised, session.isBrowser);
    if (found.state === 'live') return this.#grant(found.record);
    throw found.state === 'ended' ? new SessionEndedError(found) : this.#endedMeanwhile();
  }

  /** A logout: the client forgets what it carries, and nobody notes anything. Of other sessions there is no record. */
  override async revoke(_sessionId: string, because: EndReason): Promise<RevocationReceipt> {
    if (because !== 'logout' && because !== 'replaced')
      throw new StrategyUnsupportedError('End another session');
    return { ...NOBODY, revoked: 0, durable: false, boundMs: this.#issuer().boundMs };
  }

  override async revokeAll(): Promise<RevocationReceipt> {
    throw new StrategyUnsupportedError('End other sessions');
  }

  /** The ledger has it, and each refresh asks it: what is over ends with its access token. */
  override async carryOut(_entry: LedgerEntry): Promise<RevocationReceipt> {
    return { ...NOBODY, revoked: 0, durable: true, boundMs: this.#issuer().boundMs };
  }

  override async changeRoles(): Promise<number> {
    throw new StrategyUnsupportedError('Change the roles of sessions');
  }

  override replace(sessionId: string): Promise<Revoked> {
    return this.revoke(sessionId, 'replaced');
  }

  /** Seals what came along for the session that began in the same request. */
  override async adopt(fromSessionId: string, intoSessionId: string): Promise<boolean> {
    const { current } = this.carriers;
    if (current?.session.sessionId !== fromSessionId || current.begun?.sessionId !== intoSessionId)
      return false;
    const sealed =
      current.sealed === undefined
        ? undefined
        : await this.#handOver(current.sealed, [fromSessionId, intoSessionId]);
    if (sealed === undefined) return false;
    current.give(current.begun, sealed);
    return true;
  }

  override async list(): Promise<never> {
    throw new StrategyUnsupportedError('List sessions');
  }

  override async listEnded(): Promise<never> {
    throw new StrategyUnsupportedError('List sessions');
  }

  /** There is no idleness. */
  override async touch(): Promise<boolean> {
    return false;
  }

  #newSession(input: BeginSession) {
    const { userId, guest = false, rememberMe = false, transport = 'bearer', epoch = 0 } = input;
    const { absoluteTimeoutMs } = timeouts(this.#settings, { guest, rememberMe });
    return {
      sessionId: this.#ids.mint(userId),
      userId,
      roles: [...input.roles],
      acr: input.acr ?? (guest ? 0 : 1),
      client: shortened(input.client),
      epoch,
      absoluteTimeoutMs,
      idleTimeoutMs: absoluteTimeoutMs,
      ...(transport === 'cookie' && { cookieHash: NO_HASH }),
      ...(rememberMe && !guest && { rememberMe: true as const }),
    };
  }

  async #judge(kind: CredentialKind, credential: string): Promise<SessionLookup> {
    const carried = await this.#issuer().credentials.open(kind, credential);
    if (!carried) return ABSENT;
    if (this.#isOver(carried)) return expired(carried);
    return this.#asAccountHasIt(carried, kind === 'cookie');
  }

  /** A guest has no account, and keeps the one role there is for guests. */
  async #asAccountHasIt(session: CarriedSession, isBrowser: boolean): Promise<SessionLookup> {
    if (session.isGuest) return this.#live(recordOf(session, ['guest'], isBrowser));
    const { account, ledger } = this.#issuer();
    const [now, hasEnded] = await Promise.all([account(session.userId), ledger.hasEnded(session)]);
    if (!now) return ABSENT;
    if (now.disabledAt !== undefined)
      return { state: 'ended', because: 'account-disabled', endedAt: now.disabledAt };
    return hasEnded ? ABSENT : this.#live(recordOf(session, now.roles, isBrowser));
  }

  #live(record: SessionRecord): LiveSession {
    return { state: 'live', record, lastSeenAt: this.#clock.now(), idleExpiresAt: record.expiresAt };
  }

  async #grant(record: SessionRecord): Promise<SessionGrant> {
    if (!record.cookie) return this.#bearer(record);
    const cookie = await this.#issuer().credentials.issue('cookie', carriedOf(record));
    return { session: this.#live(record), transport: 'cookie', cookie };
  }

  async #bearer(record: SessionRecord): Promise<BearerGrant> {
    const refreshToken = await this.#issuer().credentials.issue('refresh-token', carriedOf(record));
    return { session: this.#live(record), transport: 'bearer', refreshToken };
  }

  #handOver(sealed: string, [from, into]: readonly [string, string]): Promise<string | undefined> {
    return this.#issuer().sealer.handOver(sealed, from, into);
  }

  #whatIsSaid(lifetime: SessionLifetime | undefined): TokenLookup {
    if (!lifetime) return ABSENT;
    return this.#isOver(lifetime) ? expired(lifetime) : { state: 'carried', lifetime };
  }

  #isOver({ expiresAt }: { readonly expiresAt: number }): boolean {
    return this.#clock.now() >= expiresAt;
  }

  /** Tokens say their times in whole seconds; so that all of them say the same, there are no others. */
  #now(): number {
    return Math.floor(this.#clock.now() / 1000) * 1000;
  }

  #endedMeanwhile(): SessionEndedError {
    return new SessionEndedError({ state: 'ended', because: 'revoked', endedAt: this.#clock.now() });
  }

  #issuer(): TokenIssuing {
    if (!this.#issuing) throw new TypeError('This process has no refresh keys: it cannot begin sessions.');
    return this.#issuing;
  }
}
