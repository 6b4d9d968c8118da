import {
  STALENESS_BOUND_MS,
  type LiveSession,
  type SessionIds,
  type SessionManager,
  type TokenLookup,
} from '@holdfast/session-core';
import type { AccessTokenClaims, AccessTokenVerifier } from '@holdfast/session-nest';
import type { Heard } from '@holdfast/session-redis';
import { bearerToken } from '../credentials/bearer-token.js';
import { endedProblem, unavailableProblem, unknownProblem } from '../credentials/credential-problems.js';
import type { GatewayProblem } from '../http/send-problem.js';
import type { OpenStreams } from './open-streams.js';
import { StreamLease } from './stream-lease.js';

/** How often the session of an open stream is looked at: without a word of the journal its end is noticed by then. */
const LOOK_EVERY_MS = 1_000;
/** The longest that a timer takes. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** What `StreamSessions` work with. */
export interface StreamSessionsOptions {
  readonly streams: OpenStreams;
  readonly verifier: Pick<AccessTokenVerifier, 'verify'>;
  readonly ids: Pick<SessionIds, 'parse'>;
  /** Who knows what sessions are. Default: nobody (strategy `token`), a stream ends with its access token. */
  readonly sessions?: Pick<SessionManager, 'confirm'> | undefined;
  /** Epoch milliseconds, as tokens have them. Default `Date.now`. */
  readonly now?: () => number;
  /** Default 1,000. */
  readonly lookEveryMs?: number;
}

/** A stream that may be opened, or what is answered instead. */
export type StreamVerdict = { readonly lease: StreamLease } | { readonly refusal: GatewayProblem };

/**
 * Whose a stream is, and whether it may go on: a stream lives as long as the session that opened it. What the journal
 * says of an end closes it at once; and each second its session is looked at, as a `read` request would be: so streams
 * end at deadlines, without a journal (strategy `store`), and once the store could not be asked for the bound of `read`.
 */
export class StreamSessions {
  readonly #options: StreamSessionsOptions;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  readonly #looking = new Set<string>();

  constructor(options: StreamSessionsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#timer = setInterval(() => {
      for (const name of [...options.streams.bySession.keys()]) this.#lookAt(name);
    }, options.lookEveryMs ?? LOOK_EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Takes what the journal says (see `OpenStreams.hear`). */
  hear(heard: Heard): void {
    for (const name of this.#options.streams.hear(heard)) this.#lookAt(name);
  }

  /**
   * A stream is about to be opened with this `Authorization`. One that names no session of ours is nobody's: what it is
   * worth, the service judges. Never rejects.
   */
  async begin(authorization: string | undefined): Promise<StreamVerdict> {
    const { verifier, streams, ids } = this.#options;
    const token = bearerToken(authorization);
    try {
      const claims = token === undefined ? undefined : await verifier.verify(token);
      const name = claims?.kind === 'session' ? ids.parse(claims.sessionId)?.name : undefined;
      const isOwned = claims?.kind === 'session' && name !== undefined;
      const lease = new StreamLease(isOwned ? { sessionId: claims.sessionId, name } : undefined);
      // First: what ends while it is looked at is heard.
      streams.add(lease);
      const refusal = isOwned ? await this.#confirm(lease, claims) : undefined;
      if (refusal) lease.release();
      return refusal ? { refusal } : { lease };
    } catch (error) {
      return { refusal: unavailableProblem(error) };
    }
  }

  /** Why it may not be opened. */
  async #confirm(lease: StreamLease, claims: AccessTokenClaims): Promise<GatewayProblem | undefined> {
    const { sessions } = this.#options;
    if (!sessions) return void this.#endWith(lease, claims.expiresAt);
    try {
      const { found, ageMs } = await sessions.confirm(claims, 'read');
      if (found.state === 'live') note(lease, found, performance.now() - ageMs);
      if (found.state === 'ended') return endedProblem(found, false);
      return found.state === 'absent' ? unknownProblem(false) : undefined;
    } catch (error) {
      return unavailableProblem(error);
    }
  }

  #lookAt(name: string): void {
    const { sessions } = this.#options;
    const leases = this.#leasesOf(name);
    const [owner] = leases.flatMap((lease) => lease.owner ?? []);
    if (!sessions || !owner) return;
    const boundAt = performance.now() - STALENESS_BOUND_MS.read;
    for (const lease of leases) if (lease.confirmedAt < boundAt) lease.end('unconfirmed');
    if (this.#looking.has(name)) return;
    this.#looking.add(name);
    const askedAt = performance.now();
    // As `critical`: how long it may go on without an answer is counted here, and is no request that was served.
    Promise.resolve(sessions.confirm(owner, 'critical'))
      .then(({ found, ageMs }) => {
        for (const lease of this.#leasesOf(name)) judge(lease, found, askedAt - ageMs);
      })
      // Nobody can say: it goes on until the bound is over.
      .catch(() => undefined)
      .finally(() => this.#looking.delete(name));
  }

  #leasesOf(name: string): readonly StreamLease[] {
    return [...(this.#options.streams.bySession.get(name) ?? [])];
  }

  #endWith(lease: StreamLease, expiresAt: number): void {
    const leftMs = Math.min(LONGEST_TIMER_MS, Math.max(0, expiresAt - this.#now()));
    const timer = setTimeout(() => lease.end('token-expired'), leftMs);
    timer.unref();
    lease.onRelease(() => clearTimeout(timer));
  }
}

/** What was found of its session. A demotion holds at once: whoever opened it with more is to open it again. */
function judge(lease: StreamLease, found: TokenLookup, confirmedAt: number): void {
  const before = lease.session?.record.roles ?? [];
  if (found.state === 'live' && before.every((role) => found.record.roles.includes(role))) {
    return note(lease, found, confirmedAt);
  }
  if (found.state !== 'carried') lease.end('session-over');
}

function note(lease: StreamLease, session: LiveSession, confirmedAt: number): void {
  lease.session = session;
  lease.confirmedAt = confirmedAt;
}
