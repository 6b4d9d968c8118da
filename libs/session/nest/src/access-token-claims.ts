import type { SessionLifetime, SessionRecord } from '@holdfast/session-core';

/** What a verified access token of a user says (RFC 9068). Issuer, audience and times were checked before. */
export interface AccessTokenClaims {
  readonly kind: 'session';
  /** `sub`. */
  readonly userId: string;
  /** `sid`. */
  readonly sessionId: string;
  /** `jti`. */
  readonly tokenId: string;
  readonly clientId: string;
  readonly roles: readonly string[];
  /** RFC 9068 has a string; here it is the number in it: 0 a guest, 1 a password, 2 a second factor or a step-up. */
  readonly acr: number;
  /** `auth_time` as epoch milliseconds. */
  readonly authTimeAt: number;
  /** `step_up_time` as epoch milliseconds: when the user last proved who they are *within* the session. Absent before that. */
  readonly steppedUpAt?: number;
  /** `session_iat`, `session_exp`, `session_epoch` and `remember_me`; absent where a store knows. */
  readonly lifetime?: SessionLifetime;
  /** `exp` as epoch milliseconds. */
  readonly expiresAt: number;
}

/** What a verified service token says: `scope: "internal"`, no `sid`. It never stands for a user. */
export interface ServiceTokenClaims {
  readonly kind: 'service';
  /** `client_id`: the calling service, e.g. `auth`. */
  readonly clientId: string;
  /** `jti`. */
  readonly tokenId: string;
  /** `exp` as epoch milliseconds. */
  readonly expiresAt: number;
}

/** What the token of another program says: a scope that is not `internal`, no `sid`. It opens `@ClientScope()` routes of that scope alone. */
export interface ClientTokenClaims extends Omit<ServiceTokenClaims, 'kind'> {
  readonly kind: 'client';
  /** The one scope that it has (RFC 6749 section 3.3). */
  readonly scope: string;
}

/** The kinds of token that auth issues. */
export type VerifiedClaims = AccessTokenClaims | ServiceTokenClaims | ClientTokenClaims;

type Payload = Readonly<Record<string, unknown>>;

/** One scope (RFC 6749 section 3.3): several, which spaces would separate, are none. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 512;
const isLevel = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= 99;
const isSeconds = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

/** What an access token says of a session (RFC 9068 section 2.2, OpenID Connect's `sid`), as `claimsOf` reads it. */
export function claimsAbout(record: SessionRecord): Readonly<Record<string, unknown>> {
  return {
    sub: record.userId,
    sid: record.sessionId,
    roles: record.roles,
    acr: String(record.acr),
    auth_time: seconds(record.authTimeAt),
    ...(record.steppedUpAt !== undefined && { step_up_time: seconds(record.steppedUpAt) }),
  };
}

/** A `NumericDate` (RFC 7519) of epoch milliseconds. */
export function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** The claims of a payload whose signature is good, or `undefined` where a member is missing or has the wrong type. */
export function claimsOf(payload: Payload): VerifiedClaims | undefined {
  const { sub, jti, client_id: clientId, exp, iat } = payload;
  if (!isText(sub) || !isText(jti) || !isText(clientId) || !isSeconds(exp) || !isSeconds(iat))
    return undefined;
  const issued = { clientId, tokenId: jti, expiresAt: exp * 1000 };
  // Decided by what is there, not by what is wanted: a token that is both is neither.
  if ('sid' in payload) return 'scope' in payload ? undefined : sessionClaims(payload, sub, issued);
  const { scope } = payload;
  if (sub !== clientId || !isText(scope) || !SCOPE.test(scope)) return undefined;
  return scope === 'internal' ? { kind: 'service', ...issued } : { kind: 'client', scope, ...issued };
}

function sessionClaims(
  payload: Payload,
  userId: string,
  issued: Omit<ServiceTokenClaims, 'kind'>,
): AccessTokenClaims | undefined {
  const { sid, roles, acr, auth_time: authTime, step_up_time: stepUpTime } = payload;
  const level = typeof acr === 'string' && /^\d{1,2}$/.test(acr) ? Number(acr) : acr;
  if (!isText(sid) || !isTexts(roles) || !isLevel(level) || !isSeconds(authTime)) return undefined;
  if (stepUpTime !== undefined && !isSeconds(stepUpTime)) return undefined;
  const lifetime = lifetimeOf(payload);
  if (lifetime === 'malformed') return undefined;
  return {
    kind: 'session',
    userId,
    sessionId: sid,
    roles,
    acr: level,
    authTimeAt: authTime * 1000,
    ...(stepUpTime !== undefined && { steppedUpAt: stepUpTime * 1000 }),
    ...(lifetime && { lifetime }),
    ...issued,
  };
}

function lifetimeOf(payload: Payload): SessionLifetime | 'malformed' | undefined {
  const {
    session_iat: begun,
    session_exp: over,
    session_epoch: epoch = 0,
    remember_me: rememberMe,
  } = payload;
  if (begun === undefined && over === undefined) return undefined;
  if (!isSeconds(begun) || !isSeconds(over)) return 'malformed';
  if (!Number.isSafeInteger(epoch) || (rememberMe !== undefined && rememberMe !== true)) return 'malformed';
  const times = { createdAt: begun * 1000, expiresAt: over * 1000 };
  return { ...times, epoch: Number(epoch), rememberMe: rememberMe === true };
}
