import type { IncomingMessage } from 'node:http';
import type { Logger } from '@holdfast/service-defaults';
import type {
  CookieLookup,
  EndedSession,
  LiveSession,
  SessionLookup,
  SessionManager,
  Confirmed,
  RoutePolicy,
} from '@holdfast/session-core';
import type { GatewayProblem } from '../http/send-problem.js';
import { within } from '../overload/within.js';
import type { CookieExchange } from './cookie-exchange.js';
import { sessionCookieOf } from './cookie-header.js';
import {
  AMBIGUOUS,
  endedProblem,
  FOREIGN,
  FOREIGN_BEGINNING,
  unavailableProblem,
  unknownProblem,
} from './credential-problems.js';
import { replacesSession, routePolicy, type CredentialUse } from './credential-use.js';
import type { RequestOrigin } from './request-origin.js';

/** A request that may go on. */
export interface Admission {
  /** The access token that stands for the cookie. */
  readonly authorization?: string;
  /** The session that the cookie opens: somebody is there. */
  readonly session?: LiveSession;
  /** The data of the session that the client carries, for the service. Default: none of it is the client's to say. */
  readonly sessionData?: string;
  /** Something in its `Cookie` lines is not for a service. */
  readonly cutsCookie?: true;
  /** The browser is told to drop the cookie. */
  readonly clearsCookie?: true;
  /** To be called where the service does not take the token: its key may be withdrawn, and the next one is not. */
  readonly onUnauthorized?: () => void;
  /** The client may know how its answer comes about, and has asked. */
  readonly explained?: boolean;
}

/** May it go on, or what is answered instead. */
export type Verdict = Admission | { readonly refusal: GatewayProblem };

/** Who knows what cookies open: the store, or auth alone (`SealedCookies`). `requestId`: on whose behalf it is asked. */
export interface CookieSessions extends Pick<SessionManager, 'resolve' | 'sessionOfCookie'> {
  resolveCookie(cookie: string, requestId: string): Promise<CookieLookup>;
  confirmCookie(cookie: string, policy: RoutePolicy, requestId: string): Promise<Confirmed>;
}

/** What the gate works with. */
export interface CredentialGateOptions {
  readonly sessions: CookieSessions;
  readonly exchange: Pick<CookieExchange, 'authorizationFor' | 'forget'>;
  readonly origin: RequestOrigin;
  readonly logger: Logger;
  /** What a client carries of its session, by cookie or for itself. Default: nothing, there is a store. */
  readonly dataOf?: ((request: IncomingMessage, hasCookie: boolean) => string | undefined) | undefined;
}

/** A request and what its route does with a session; asked only where there is a cookie. */
export interface Arrival {
  readonly request: IncomingMessage;
  readonly requestId: string;
  readonly use: () => CredentialUse;
}

const AS_IT_IS: Admission = {};
const CUT: Admission = { cutsCookie: true };
const CUT_AND_CLEARED: Admission = { cutsCookie: true, clearsCookie: true };
/** How long a route that is open to anyone waits to learn who comes: it is as good without. */
const OPEN_ROUTE_PATIENCE_MS = 250;

/**
 * Where cookies end: swaps the session's cookie for an access token, and refuses what is ambiguous or foreign. The
 * session is confirmed at each request, so that one that ended is refused by the next one. Bearer tokens pass unread:
 * the services judge them.
 */
export class CredentialGate {
  constructor(private readonly options: CredentialGateOptions) {}

  /** At once where there is no cookie. Never throws nor rejects. */
  admit(arrival: Arrival): Verdict | Promise<Verdict> {
    const { request } = arrival;
    const cookie = sessionCookieOf(request);
    if (cookie.kind === 'several') return { refusal: AMBIGUOUS };
    if (cookie.kind !== 'one') {
      if (this.options.origin.refusesBeginning(request)) return { refusal: FOREIGN_BEGINNING };
      return this.#carrying(request, cookie.kind === 'foul' ? CUT : AS_IT_IS);
    }
    if (request.headers.authorization !== undefined) return { refusal: AMBIGUOUS };
    if (this.options.origin.refusesCookie(request)) return this.#foreign(cookie.value, arrival);
    const use = arrival.use();
    if (use === 'none') return CUT;
    const verdict = this.#swap(cookie.value, arrival, use).catch((error: unknown) =>
      this.#withoutAnswer(error, arrival, use),
    );
    return goesOnWithout(arrival, use) ? within(verdict, OPEN_ROUTE_PATIENCE_MS, CUT) : verdict;
  }

  /** Where anyone may come, a cookie that opens nothing is as good as none, and so is where it comes from. */
  #foreign(cookie: string, arrival: Arrival): Verdict | Promise<Verdict> {
    const { origin, sessions } = this.options;
    if (arrival.use() !== 'optional') return { refusal: FOREIGN };
    if (origin.refusesBeginning(arrival.request)) return { refusal: FOREIGN_BEGINNING };
    const judged = sessions
      .resolveCookie(cookie, arrival.requestId)
      .then((found) =>
        found.state === 'live'
          ? { refusal: FOREIGN }
          : this.#withoutSession(cookie, found, arrival, 'optional'),
      );
    // Nobody can say that it opens nothing.
    return judged.catch(() => ({ refusal: FOREIGN }));
  }

  async #swap(cookie: string, arrival: Arrival, use: CredentialUse): Promise<Verdict> {
    const { sessions, exchange } = this.options;
    const { method = '', url = '/' } = arrival.request;
    const policy = routePolicy(method, url);
    const { found: session } = await sessions.confirmCookie(cookie, policy, arrival.requestId);
    if (session.state !== 'live') return this.#withoutSession(cookie, session, arrival, use);
    const authorization = await exchange.authorizationFor(cookie, session, arrival.requestId);
    if (authorization !== undefined) {
      const admission = { authorization, session, cutsCookie: true } as const;
      return this.#carrying(arrival.request, { ...admission, onUnauthorized: () => exchange.forget(cookie) });
    }
    // Auth does not know the cookie, or not us. What the session is now says which.
    const now = await sessions.resolveCookie(cookie, arrival.requestId);
    if (now.state === 'live') throw new Error('auth refuses a cookie that is good');
    return this.#withoutSession(cookie, now, arrival, use);
  }

  #carrying(request: IncomingMessage, admission: Admission): Admission {
    const sessionData = this.options.dataOf?.(request, admission.session !== undefined);
    return sessionData === undefined ? admission : { ...admission, sessionData };
  }

  async #withoutSession(
    cookie: string,
    found: Exclude<SessionLookup, LiveSession>,
    { requestId }: Arrival,
    use: CredentialUse,
  ): Promise<Verdict> {
    this.options.exchange.forget(cookie);
    const clearsCookie = await this.#isSpent(cookie, found);
    if (use === 'optional') return clearsCookie ? CUT_AND_CLEARED : CUT;
    if (found.state === 'absent') return { refusal: unknownProblem(clearsCookie) };
    const { because: endedBecause, endedAt } = found;
    const sessionId = this.options.sessions.sessionOfCookie(cookie);
    this.options.logger.info(
      { requestId, sessionId, endedBecause, endedAt: new Date(endedAt).toISOString() },
      'refused: the session has ended',
    );
    return { refusal: endedProblem(found, clearsCookie) };
  }

  /**
   * Whether the browser has no use for this cookie any more. What was replaced has a successor, and the browser of a
   * cookie that was rotated away has the newer one: an answer that comes late would take that from it.
   */
  async #isSpent(cookie: string, found: EndedSession | { readonly state: 'absent' }): Promise<boolean> {
    if (found.state === 'ended') return found.because !== 'replaced';
    const sessionId = this.options.sessions.sessionOfCookie(cookie);
    if (sessionId === undefined) return true;
    const session = await this.options.sessions.resolve(sessionId);
    return session.state === 'absent' || (session.state === 'ended' && session.because !== 'replaced');
  }

  /** Nobody can say what the cookie is worth: it is kept. */
  #withoutAnswer(error: unknown, arrival: Arrival, use: CredentialUse): Verdict {
    const { requestId } = arrival;
    const refusal = unavailableProblem(error);
    this.options.logger.warn({ requestId, code: refusal.code, err: error }, 'a cookie cannot be swapped');
    return goesOnWithout(arrival, use) ? CUT : { refusal };
  }
}

/**
 * A route that is open to anyone goes on without a cookie that nobody can judge. Not a sign-in: its cookie would take the
 * place of this one, and what the guest has would be left behind.
 */
function goesOnWithout({ request }: Arrival, use: CredentialUse): boolean {
  return use === 'optional' && !replacesSession(request.method ?? '', request.url ?? '/');
}
