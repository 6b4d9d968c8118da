import type { Redis } from 'ioredis';
import { infoNumber } from '../store/measure.js';
import { inFlight } from '../store/in-flight.js';
import type { Contender } from './contenders.js';
import { authorizationOf, beginSessions, type BegunSession } from './holdfast-sessions.js';
import { connectPatiently } from './look.js';

/** How to sign in to a server, many times over. */
export interface SignedIn {
  /** Header lines, one for each session. */
  readonly credentials: readonly string[];
  /** Some of these sessions with credentials that no server has seen; the same as before where a session has only one. */
  renewed(count: number): readonly string[];
}

const NOBODY: SignedIn = { credentials: [''], renewed: () => [''] };
const AT_A_TIME = 50;

/** Begins sessions the way the contender does. */
export async function signIn(
  { sessions, isCarried }: Pick<Contender, 'sessions' | 'isCarried'>,
  at: { readonly redisUrl: string; readonly port: number },
  count: number,
): Promise<SignedIn> {
  if (sessions === 'none') return NOBODY;
  if (sessions === 'holdfast') {
    const begun = await beginSessions(at.redisUrl, count);
    const credentialOf = (session: BegunSession) => authorizationOf(session, isCarried);
    const from = (count: number) => Math.floor(Math.random() * (begun.length - count));
    const renewed = (count: number) => {
      const at = from(count);
      return begun.slice(at, at + count).map(credentialOf);
    };
    return { credentials: begun.map(credentialOf), renewed };
  }
  const credentials = await inFlight(count, AT_A_TIME, () => logIn(at.port));
  return { credentials, renewed: () => credentials };
}

async function logIn(port: number): Promise<string> {
  const { headers, status } = await fetch(`http://127.0.0.1:${port}/login`, { method: 'POST' });
  const cookies = headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]);
  if (status !== 204 || cookies.length === 0) throw new Error(`A sign-in was answered with ${status}.`);
  return `Cookie: ${cookies.join('; ')}`;
}

/** What stands before the random part of a session's key: ours, `connect-redis`'s, `better-auth`'s two. */
const OF_A_SESSION = /^(hf:\{(?!registry\})|sess:|active-sessions-|(?!hf:))([A-Za-z0-9_-]{6})/;

/** The name of a key's n-th copy, as long as the key; `undefined` for a key that is of no session. */
export function copyOf(key: string, n: number): string | undefined {
  return OF_A_SESSION.test(key)
    ? key.replace(OF_A_SESSION, `$1${n.toString(36).padStart(6, '0')}`)
    : undefined;
}

const BATCH = 1_000;

/**
 * Fills a store up. Copies of a session have the size and the lifetime of the real one under names of their own; nobody
 * can sign in with one, so that what is asked for is always one of the real ones.
 */
export class Population {
  readonly #redis: Redis;
  readonly #emptyBytes: number;
  #keys: readonly string[] = [];
  #generation = 1;

  private constructor(redis: Redis, emptyBytes: number) {
    this.#redis = redis;
    this.#emptyBytes = emptyBytes;
  }

  /** Looks at a store before anything is in it. */
  static async of(url: string): Promise<Population> {
    const redis = connectPatiently(url);
    return new Population(redis, await infoNumber(redis, 'memory', 'used_memory'));
  }

  /** Copies what is there, `real` sessions, until there are `size`. */
  async grow(real: number, size: number): Promise<void> {
    if (this.#keys.length === 0) this.#keys = await this.#sessionKeys();
    for (; this.#generation < size / real; this.#generation += 1) await this.#copy(this.#generation);
    await this.#settle();
  }

  /** Bytes of Redis's memory that each of `size` sessions takes. */
  async bytesEach(size: number): Promise<number> {
    return ((await infoNumber(this.#redis, 'memory', 'used_memory')) - this.#emptyBytes) / size;
  }

  async close(): Promise<void> {
    await this.#redis.quit();
  }

  async #sessionKeys(): Promise<readonly string[]> {
    const keys: string[] = [];
    let cursor = '0';
    do {
      const [next, found] = await this.#redis.scan(cursor, 'COUNT', BATCH);
      keys.push(...found.filter((key) => copyOf(key, 0) !== undefined));
      cursor = next;
    } while (cursor !== '0');
    return [...new Set(keys)];
  }

  async #copy(generation: number): Promise<void> {
    for (let from = 0; from < this.#keys.length; from += BATCH) {
      const batch = this.#redis.pipeline();
      for (const key of this.#keys.slice(from, from + BATCH)) batch.copy(key, copyOf(key, generation) ?? key);
      await batch.exec();
    }
  }

  /** A server that rewrites its log is busy with that. */
  async #settle(): Promise<void> {
    for (const name of ['aof_rewrite_in_progress', 'aof_rewrite_scheduled', 'rdb_bgsave_in_progress']) {
      while ((await infoNumber(this.#redis, 'persistence', name)) !== 0) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
}
