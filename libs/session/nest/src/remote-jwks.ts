import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { systemClock, type Clock } from '@holdfast/session-core';
import { KeysUnavailableError } from './errors.js';
import type { JwksSource } from './jwks-source.js';

/** A JSON Web Key Set (RFC 7517 section 5). */
export interface JsonWebKeySet {
  readonly keys: readonly (JsonWebKey & {
    readonly kid?: string;
    readonly alg?: string;
    readonly use?: string;
  })[];
}

/** Pause after a fetch that brought no such key, so that made-up key ids cause no load. */
const UNKNOWN_KEY_COOLDOWN_MS = 10_000;
/** Pause after a fetch that failed. */
const FAILURE_COOLDOWN_MS = 500;
/** Age at which the set is fetched again in the background, so that withdrawn keys go. */
const REFRESH_AFTER_MS = 60_000;
/** Age at which no key of the set is believed before it was fetched again: nobody asked for anything in between. */
const BELIEVED_FOR_MS = 300_000;

/**
 * Public keys of another service. Fetched when an unknown id is asked for (at most once in 10 s; one fetch at a
 * time), in the background when a key is used a minute later, and before one is used after 5 minutes: that is how long
 * a withdrawn key lasts at most, as long as the keys can be fetched. A key that is published 10 s before it signs is
 * never missed. The last good set survives failures; while a fetch fails an unknown id cannot be judged:
 * `KeysUnavailableError`.
 */
export class RemoteJwks implements JwksSource {
  #keys: ReadonlyMap<string, KeyObject> = new Map();
  #fetching: Promise<void> | undefined;
  #fetchedAt = -Infinity;
  #failure: { readonly at: number; readonly cause: unknown } | undefined;

  constructor(
    private readonly fetchJwks: () => Promise<JsonWebKeySet>,
    private readonly clock: Clock = systemClock,
  ) {}

  isKnown(kid: string): boolean {
    return this.#age() <= REFRESH_AFTER_MS && this.#keys.has(kid);
  }

  async getKey(kid: string): Promise<KeyObject | undefined> {
    if (this.#keys.has(kid)) {
      await this.#refresh();
      return this.#keys.get(kid);
    }
    if (this.#age() >= UNKNOWN_KEY_COOLDOWN_MS && this.#mayRetry()) await this.#fetch();
    const fetched = this.#keys.get(kid);
    if (fetched === undefined && this.#failure)
      throw new KeysUnavailableError({ cause: this.#failure.cause });
    return fetched;
  }

  /** Waits for a set that is too old to be believed, but not for a service that failed lately: it would slow everybody. */
  async #refresh(): Promise<void> {
    const age = this.#age();
    if (age <= REFRESH_AFTER_MS || !this.#mayRetry()) return;
    const isAway = this.#failure !== undefined;
    const fetched = this.#fetch();
    if (age > BELIEVED_FOR_MS && !isAway) await fetched;
  }

  #age(): number {
    return this.clock.now() - this.#fetchedAt;
  }

  #mayRetry(): boolean {
    return this.#failure === undefined || this.clock.now() - this.#failure.at >= FAILURE_COOLDOWN_MS;
  }

  #fetch(): Promise<void> {
    this.#fetching ??= this.#load().finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  async #load(): Promise<void> {
    try {
      this.#keys = importKeys(await this.fetchJwks());
      this.#fetchedAt = this.clock.now();
      this.#failure = undefined;
    } catch (cause) {
      this.#failure = { at: this.clock.now(), cause };
    }
  }
}

function importKeys({ keys }: JsonWebKeySet): ReadonlyMap<string, KeyObject> {
  const imported = new Map<string, KeyObject>();
  for (const { kid, kty, crv, x, y, alg, use } of keys) {
    // Keys of another kind are not for these tokens (RFC 8725 section 3.1); only public members are looked at.
    if (kid === undefined || kty !== 'EC' || crv !== 'P-256') continue;
    if ((alg ?? 'ES256') !== 'ES256' || (use ?? 'sig') !== 'sig') continue;
    imported.set(kid, createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' }));
  }
  if (imported.size === 0) throw new TypeError('The key set has no ES256 key.');
  return imported;
}
