import { createHmac, hkdfSync } from 'node:crypto';
import { addressBlock, insuredLimiter, spend, type Spent } from '@holdfast/service-defaults';
import type { AccessTokenVerifier } from '@holdfast/session-nest';
import type { Redis } from '@holdfast/session-redis';
import type { GatewayProblem } from '../http/send-problem.js';

const WINDOW_MS = 60_000;
const KEY_CHARACTERS = 22;
const DEFAULT_PATIENCE_MS = 100;

/** How the requests of clients are counted. */
export interface ClientRateOptions {
  readonly redis: Redis;
  readonly verifier: Pick<AccessTokenVerifier, 'verify'>;
  /** `SESSION_SECRET`: names are keyed hashes, so that Redis holds neither address nor session id. */
  readonly secret: string;
  /** Requests of one client a minute, 1 or more. */
  readonly perMinute: number;
  /** How long one waits at most to be counted, in milliseconds: what Redis does not answer by then is let in. Default 100. */
  readonly patienceMs?: number;
}

/** Who asks, as far as is known. */
export interface Client {
  /** The session that its cookie opens. */
  readonly sessionId?: string | undefined;
  readonly authorization?: string | undefined;
  readonly address: string;
}

/** What its count says: headers for whatever it is answered, and a refusal if it was too much. */
export interface RateVerdict {
  /** Flat. Empty if nobody could count. */
  readonly headers: readonly string[];
  readonly refusal?: GatewayProblem;
}

/**
 * A ceiling for each client: by its session if it has one, else by its address (of IPv6 the /64). Counted in Redis for all
 * workers together; while that is away each worker counts by itself, and nobody is refused for its absence.
 */
export class ClientRate {
  readonly #key: Buffer;
  readonly #limiter: ReturnType<typeof insuredLimiter>;

  constructor(private readonly options: ClientRateOptions) {
    const { redis, secret, perMinute: points } = options;
    const bytes = hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', 'holdfast client rate v1', 32);
    this.#key = Buffer.from(bytes);
    this.#limiter = insuredLimiter(redis, {
      name: 'client',
      points,
      durationMs: WINDOW_MS,
      remembersFull: true,
    });
  }

  /** Counts one request. Never rejects. */
  async take(client: Client): Promise<RateVerdict> {
    const subject = this.#hash(await this.#subjectOf(client));
    const spending = spend(this.#limiter, subject).catch(() => undefined);
    const spent = await inTime(spending, this.options.patienceMs ?? DEFAULT_PATIENCE_MS);
    return spent ? this.#verdict(spent) : { headers: [] };
  }

  /** A token that is none of ours names nobody: whoever makes tokens up is counted by address. */
  async #subjectOf({ sessionId, authorization, address }: Client): Promise<string> {
    const byAddress = `address ${addressBlock(address)}`;
    if (sessionId !== undefined) return `session ${sessionId}`;
    const [, token] = /^bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
    if (token === undefined) return byAddress;
    const claims = await this.options.verifier.verify(token).catch(() => undefined);
    return claims?.kind === 'session' ? `session ${claims.sessionId}` : byAddress;
  }

  /** Headers by draft-ietf-httpapi-ratelimit-headers. */
  #verdict({ isOver, left, msBeforeNext }: Spent): RateVerdict {
    const { perMinute } = this.options;
    const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
    const headers = [
      ...['ratelimit-policy', `"client";q=${perMinute};w=${WINDOW_MS / 1000}`],
      ...['ratelimit', `"client";r=${left};t=${seconds}`],
    ];
    if (!isOver) return { headers };
    const detail = `There may be ${perMinute} requests a minute.`;
    return { headers, refusal: { code: 'ERR_RATE_LIMITED', detail, retryAfterSeconds: seconds } };
  }

  #hash(subject: string): string {
    return createHmac('sha256', this.#key).update(subject).digest('base64url').slice(0, KEY_CHARACTERS);
  }
}

async function inTime<T>(promised: Promise<T>, withinMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), withinMs);
  });
  try {
    return await Promise.race([promised, late]);
  } finally {
    clearTimeout(timer);
  }
}
