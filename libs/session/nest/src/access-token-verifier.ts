import type { KeyObject } from 'node:crypto';
import { systemClock, type Clock } from '@holdfast/session-core';
import passportJwt from 'passport-jwt';
import { claimsOf, type VerifiedClaims } from './access-token-claims.js';
import { keyIdOf } from './access-token-header.js';
import type { JwksSource } from './jwks-source.js';
import { VerifiedTokenCache, type KnownToken } from './verified-token-cache.js';

/** How far a signer's clock may be off, in seconds. */
const CLOCK_TOLERANCE_S = 5;
/** Longer ones are refused unread: ours are under 1 KiB. */
const LONGEST_TOKEN = 8192;

/** What an `AccessTokenVerifier` needs. */
export interface AccessTokenVerifierOptions {
  /** `iss` that is accepted: the gateway's public URL. */
  readonly issuer: string;
  /** `aud` that is accepted. */
  readonly audience: string;
  readonly keys: JwksSource;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** Verified tokens that are remembered until they expire. Default 10,000. */
  readonly cacheSize?: number;
}

/**
 * Verifies access and service tokens (RFC 9068, RFC 8725): ES256 and `at+jwt` only, a known `kid`, no `crit`, our
 * issuer and audience, in time (5 s tolerance), every claim of the right type. A cache is asked first, so that a
 * token costs its signature check once; whether its key is still published is asked each time, so that a withdrawn
 * key opens nothing any more as soon as `keys` knows of it.
 */
export class AccessTokenVerifier {
  readonly #options: AccessTokenVerifierOptions;
  readonly #clock: Clock;
  readonly #cache: VerifiedTokenCache;

  constructor(options: AccessTokenVerifierOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#cache = new VerifiedTokenCache(options.cacheSize ?? 10_000);
  }

  /** What is known of a token that was verified before, at once; `undefined` if `verify` has to say. */
  recall(token: string): KnownToken | undefined {
    const known = this.#cache.get(token, this.#clock.now());
    return known && this.#options.keys.isKnown?.(known.keyId) ? known : undefined;
  }

  /** The claims of a token that is ours; `undefined` if it is not. Rejects with `KeysUnavailableError` if that cannot be known. */
  async verify(token: string): Promise<VerifiedClaims | undefined> {
    if (token.length > LONGEST_TOKEN) return undefined;
    const now = this.#clock.now();
    const known = this.#cache.get(token, now);
    const keyId = known?.keyId ?? keyIdOf(token);
    if (keyId === undefined) return undefined;
    const key = await this.#options.keys.getKey(keyId);
    if (key === undefined) return undefined;
    if (known) return known.claims;
    const claims = await this.#authenticate(token, key, now);
    // Within the tolerance a token may be past its `exp`: it is taken, not remembered.
    if (claims && claims.expiresAt > now) this.#cache.set(token, { claims, keyId });
    return claims;
  }

  #authenticate(token: string, key: KeyObject, now: number): Promise<VerifiedClaims | undefined> {
    return new Promise((resolve, reject) => {
      const strategy = new passportJwt.Strategy(
        {
          ...this.#checks(now),
          jwtFromRequest: () => token,
          secretOrKeyProvider: (_request, _token, done) => done(null, asSecret(key)),
        },
        (payload: Readonly<Record<string, unknown>>, done) => done(null, claimsOf(payload) ?? false),
      );
      strategy.success = (claims: unknown) => resolve(claims as VerifiedClaims);
      strategy.fail = () => resolve(undefined);
      strategy.error = reject;
      strategy.authenticate({} as never);
    });
  }

  /** Options are fixed when a strategy is made, and the time is one of them: so there is one for each token. */
  #checks(
    now: number,
  ): Pick<passportJwt.StrategyOptions, 'algorithms' | 'issuer' | 'audience' | 'jsonWebTokenOptions'> {
    return {
      algorithms: ['ES256'],
      issuer: this.#options.issuer,
      audience: this.#options.audience,
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- the note there is about the members it has itself; time goes no other way
      jsonWebTokenOptions: { clockTimestamp: Math.floor(now / 1000), clockTolerance: CLOCK_TOLERANCE_S },
    };
  }
}

/** jsonwebtoken takes a KeyObject; passport-jwt's types do not know it. */
function asSecret(key: KeyObject): Buffer {
  return key as unknown as Buffer;
}
