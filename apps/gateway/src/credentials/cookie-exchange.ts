import { createHash } from 'node:crypto';
import { CodedError, exchangeAnswerSchema, problemCodeOf } from '@holdfast/contracts';
import type { ServiceCredentials } from '@holdfast/service-defaults';
import { StoreUnavailableError, systemClock, type Clock, type LiveSession } from '@holdfast/session-core';

const DEADLINE_MS = 3_000;
/** A token is used until so long before it expires: the service that gets it may call another one with it. */
const SPARE_MS = 30_000;
const CAPACITY = 10_000;
/** Where nobody keeps a record, a session has the one version. */
const UNVERSIONED = 1;

/** A token that a cookie was swapped for. */
interface Held {
  readonly authorization: string;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly usableUntil: number;
}

/**
 * Swaps cookies for access tokens: asks auth, which alone signs, and keeps the answer by SHA-256 of the cookie, so
 * that a dump of memory opens no session for longer than a token. It is used while the session's record is the one it
 * was made for, and until 30 s before it expires (a token that lives shorter than 60 s: half its life). The least
 * recently used gives way over 10,000.
 */
export class CookieExchange {
  readonly #held = new Map<string, Held>();
  readonly #underWay = new Map<string, Promise<Held | undefined>>();

  constructor(
    private readonly auth: Pick<ServiceCredentials, 'request'>,
    private readonly clock: Clock = systemClock,
  ) {}

  /**
   * The `Authorization` for a cookie that opens this session (`undefined`: whichever it opens); one question to auth for many who ask at once.
   * `undefined` if auth does not know the cookie. Rejects with a `CodedError` or a `StoreUnavailableError` where that
   * cannot be said.
   */
  async authorizationFor(
    cookie: string,
    session: LiveSession | undefined,
    requestId: string,
  ): Promise<string | undefined> {
    const key = hashOf(cookie);
    const version = session?.record.version ?? UNVERSIONED;
    const known = this.#usable(key, version);
    if (known) return known.authorization;
    // Whoever saw another version of the record waits for another answer.
    const question = `${key} ${version}`;
    const asked = this.#underWay.get(question) ?? this.#begin(question, key, { cookie, session, requestId });
    return (await asked)?.authorization;
  }

  /** Drops what is held for a cookie. */
  forget(cookie: string): void {
    this.#held.delete(hashOf(cookie));
  }

  #usable(key: string, version: number): Held | undefined {
    const held = this.#held.get(key);
    if (held?.version !== version || this.clock.now() >= held.usableUntil) return undefined;
    this.#held.delete(key);
    this.#held.set(key, held);
    return held;
  }

  #begin(question: string, key: string, swap: Swap): Promise<Held | undefined> {
    const answer = this.#ask(swap)
      .then((held) => {
        if (held) this.#keep(key, held);
        return held;
      })
      .finally(() => this.#underWay.delete(question));
    this.#underWay.set(question, answer);
    return answer;
  }

  #keep(key: string, held: Held): void {
    // An answer that was overtaken by a later one.
    if ((this.#held.get(key)?.version ?? 0) > held.version) return;
    this.#held.delete(key);
    this.#held.set(key, held);
    if (this.#held.size <= CAPACITY) return;
    const [oldest] = this.#held.keys();
    if (oldest !== undefined) this.#held.delete(oldest);
  }

  async #ask({ cookie, session, requestId }: Swap): Promise<Held | undefined> {
    const askedAt = this.clock.now();
    const answer = await this.auth.request('auth', {
      method: 'POST',
      path: '/internal/sessions/exchange',
      headers: { 'x-request-id': requestId },
      body: JSON.stringify({ cookie }),
      // Two tokens are as good as one.
      idempotent: true,
      deadlineMs: DEADLINE_MS,
    });
    if (answer.status === 401) return undefined;
    const text = await answer.text();
    if (answer.status !== 200) throw failure(answer.status, text);
    const { accessToken, expiresAt, sessionId, version } = parse(text);
    if (session && sessionId !== session.record.sessionId)
      throw unavailable('auth answered for another session');
    const until = Date.parse(expiresAt);
    const spareMs = Math.min(SPARE_MS, (until - askedAt) / 2);
    return { authorization: `Bearer ${accessToken}`, version, usableUntil: until - spareMs };
  }
}

interface Swap {
  readonly cookie: string;
  readonly session: LiveSession | undefined;
  readonly requestId: string;
}

function parse(text: string) {
  try {
    return exchangeAnswerSchema.parse(JSON.parse(text));
  } catch (cause) {
    // What it was may be half a token: the error says only that it was none.
    throw unavailable(
      cause instanceof SyntaxError ? 'auth answered no JSON' : 'auth answered something else',
    );
  }
}

function failure(status: number, text: string): Error {
  return problemCodeOf(text) === 'ERR_STORE_UNAVAILABLE'
    ? new StoreUnavailableError('auth has no session store.')
    : unavailable(`auth answered ${status}`);
}

function unavailable(reason: string): CodedError {
  return new CodedError('ERR_UPSTREAM_UNAVAILABLE', `The cookie cannot be exchanged: ${reason}.`);
}

function hashOf(cookie: string): string {
  return createHash('sha256').update(cookie).digest('base64url');
}
