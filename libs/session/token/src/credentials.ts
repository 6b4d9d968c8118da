import { z } from 'zod';
import { sealingRing, type KeyRing, type RingSecrets } from './key-ring.js';
import { openText, sealText } from './sealed-text.js';

/** Longest credential that is looked at: ours are under 1 KiB. */
export const LONGEST_CREDENTIAL = 2_048;

/** What opens a session: a refresh token for API clients, a cookie for browsers. */
export type CredentialKind = 'refresh-token' | 'cookie';

/** What a sealed credential says of its session. Times are epoch milliseconds. */
const carried = z.strictObject({
  sid: z.string(),
  sub: z.string(),
  guest: z.literal(true).optional(),
  acr: z.int().min(0).max(99),
  auth: z.int(),
  step: z.int().optional(),
  iat: z.int(),
  exp: z.int(),
  epoch: z.int(),
  rmb: z.literal(true).optional(),
});

/** A session as its credential has it: all but the roles, which the account says anew each time. */
export interface CarriedSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly isGuest: boolean;
  readonly acr: number;
  readonly authTimeAt: number;
  readonly steppedUpAt?: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly epoch: number;
  readonly rememberMe: boolean;
}

/**
 * Refresh tokens and cookies that hold their session themselves, sealed: nobody keeps a record. Only the authorisation
 * server has the keys. A cookie is no refresh token and the other way round: each kind has keys of its own.
 */
export class SealedCredentials {
  readonly #rings: Readonly<Record<CredentialKind, KeyRing<Uint8Array>>>;

  /** @throws TypeError if a secret is too short */
  constructor(secrets: RingSecrets) {
    this.#rings = {
      'refresh-token': sealingRing(secrets, 'refresh-token'),
      cookie: sealingRing(secrets, 'cookie'),
    };
  }

  /** A credential for a session as it is now. What was out before stays good: there is nobody to say otherwise. */
  issue(kind: CredentialKind, session: CarriedSession): Promise<string> {
    const { isGuest, rememberMe, steppedUpAt } = session;
    const claims: z.input<typeof carried> = {
      sid: session.sessionId,
      sub: session.userId,
      acr: session.acr,
      auth: session.authTimeAt,
      iat: session.createdAt,
      exp: session.expiresAt,
      epoch: session.epoch,
      ...(isGuest && { guest: true }),
      ...(rememberMe && { rmb: true }),
      ...(steppedUpAt !== undefined && { step: steppedUpAt }),
    };
    return sealText(this.#rings[kind], kind, JSON.stringify(claims));
  }

  /** What a credential of this kind says, whether its deadline has passed or not; `undefined` if it is none of ours. */
  async open(kind: CredentialKind, credential: string): Promise<CarriedSession | undefined> {
    if (typeof credential !== 'string' || credential.length > LONGEST_CREDENTIAL) return undefined;
    const clear = await openText(this.#rings[kind], kind, credential);
    const { data } = clear === undefined ? {} : carried.safeParse(JSON.parse(clear));
    return data && sessionOf(data);
  }
}

function sessionOf(claims: z.output<typeof carried>): CarriedSession {
  return {
    sessionId: claims.sid,
    userId: claims.sub,
    isGuest: claims.guest === true,
    acr: claims.acr,
    authTimeAt: claims.auth,
    ...(claims.step !== undefined && { steppedUpAt: claims.step }),
    createdAt: claims.iat,
    expiresAt: claims.exp,
    epoch: claims.epoch,
    rememberMe: claims.rmb === true,
  };
}
