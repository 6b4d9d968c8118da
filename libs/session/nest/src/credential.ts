import type {
  CarriedLookup,
  Confirmed,
  EndedSession,
  LiveSession,
  RoutePolicy,
  SessionManager,
  TokenLookup,
} from '@holdfast/session-core';
import type { FastifyRequest } from 'fastify';
import type { AccessTokenClaims, VerifiedClaims } from './access-token-claims.js';
import type { AccessTokenVerifier } from './access-token-verifier.js';
import { activeSession, type ActiveSession } from './active-session.js';
import type { KnownToken } from './verified-token-cache.js';

/** What came of a request's credential. The hook finds it, the guard judges it. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'refused'; readonly error: 'invalid_request' | 'invalid_token'; readonly detail: string }
  | { readonly kind: 'ended'; readonly sessionId: string; readonly ended?: EndedSession }
  | { readonly kind: 'unavailable'; readonly cause: unknown }
  | { readonly kind: 'service'; readonly clientId: string }
  /** Another program, which may do what its scope says and nothing else. */
  | { readonly kind: 'client'; readonly clientId: string; readonly scope: string }
  /** `ageMs`: how long ago the store last confirmed it. */
  | { readonly kind: 'session'; readonly session: ActiveSession; readonly ageMs: number };

/** What `credentialOf` asks. */
export interface CredentialSources {
  readonly verifier: Pick<AccessTokenVerifier, 'verify' | 'recall'>;
  readonly manager: Pick<SessionManager, 'confirm' | 'resolve'>;
}

/** The session's cookie: first of its header or after another one, whatever its value. */
const SESSION_COOKIE = /(?:^|;)[ \t]*__Host-session[ \t]*=/;
const SCHEME = 'bearer';
const SPACE = 0x20;
const TOKEN = /^[\w.~+/-]+=*$/;

/**
 * Resolves a request's credential: at once where the token was verified before and its session is near; never rejects.
 * The token is verified before the store is asked. One `Authorization` header is taken, no token in the query (RFC 6750
 * section 2, RFC 9700 section 4.3.2), and no token beside a session cookie: two credentials may name two users.
 */
export function credentialOf(
  request: FastifyRequest,
  policy: RoutePolicy,
  sources: CredentialSources,
): Credential | Promise<Credential> {
  const token = bearerToken(request);
  if (typeof token !== 'string') return token;
  const known = sources.verifier.recall(token);
  if (!known) {
    // What was verified before needs no look at its letters.
    if (!TOKEN.test(token)) return refused('invalid_token', 'The bearer token is empty or malformed.');
    return verified(token, policy, sources);
  }
  try {
    const credential = standingOf(known.claims, policy, sources, known);
    return credential instanceof Promise ? credential.catch(unavailable) : credential;
  } catch (cause) {
    return unavailable(cause);
  }
}

async function verified(token: string, policy: RoutePolicy, sources: CredentialSources): Promise<Credential> {
  try {
    const claims = await sources.verifier.verify(token);
    if (claims) return await standingOf(claims, policy, sources);
  } catch (cause) {
    return unavailable(cause);
  }
  return refused('invalid_token', 'The access token is malformed, expired or not ours.');
}

/** What a genuine token is worth now. */
function standingOf(
  claims: VerifiedClaims,
  policy: RoutePolicy,
  { manager }: CredentialSources,
  known?: KnownToken,
): Credential | Promise<Credential> {
  const { kind, clientId } = claims;
  if (kind === 'service') return { kind, clientId };
  if (kind === 'client') return { kind, clientId, scope: claims.scope };
  const confirmed = manager.confirm(claims, policy);
  if (confirmed instanceof Promise) return confirmed.then((later) => judged(claims, later, known));
  // The same two as before: what was judged of them then is so now.
  if (known?.session !== undefined && known.found === confirmed.found)
    return { kind: 'session', session: known.session, ageMs: confirmed.ageMs };
  if (!isBehind(confirmed, claims)) return judged(claims, confirmed, known);
  return manager.resolve(claims.sessionId).then((found) => judged(claims, { found, ageMs: 0 }, known));
}

/** A step-up that the token knows of and what is near does not: somebody has just come from there. */
function isBehind({ found }: Confirmed<TokenLookup>, { steppedUpAt }: AccessTokenClaims): boolean {
  return found.state === 'live' && steppedUpAt !== undefined && steppedUpAt > (found.record.steppedUpAt ?? 0);
}

function judged(
  claims: AccessTokenClaims,
  { found, ageMs }: Confirmed<TokenLookup>,
  known: KnownToken | undefined,
): Credential {
  const { sessionId } = claims;
  if (found.state === 'ended') return { kind: 'ended', sessionId, ended: found };
  if (found.state === 'absent') return { kind: 'ended', sessionId };
  if (found.state === 'live' && found.record.userId !== claims.userId)
    return refused('invalid_token', 'The access token names another user.');
  return { kind: 'session', session: joined(claims, found, known), ageMs };
}

/** What a token and what is known of its session make together; noted, for it is the same while both are. */
function joined(
  claims: AccessTokenClaims,
  found: LiveSession | CarriedLookup,
  known: KnownToken | undefined,
): ActiveSession {
  const session = Object.freeze(activeSession(claims, found));
  if (known) {
    known.found = found;
    known.session = session;
  }
  return session;
}

function unavailable(cause: unknown): Credential {
  return { kind: 'unavailable', cause };
}

function bearerToken({ raw, query }: FastifyRequest): string | Credential {
  if (typeof query === 'object' && query !== null && 'access_token' in query) {
    return refused(
      'invalid_request',
      'An access token belongs into the Authorization header, never into the URL.',
    );
  }
  const header = raw.headers.authorization;
  if (header === undefined) return { kind: 'none' };
  // Node keeps the first of several and says nothing.
  if (isRepeated(raw.rawHeaders))
    return refused('invalid_request', 'There is more than one Authorization header.');
  if (!isBearer(header)) return { kind: 'none' };
  if (raw.headers.cookie !== undefined && SESSION_COOKIE.test(raw.headers.cookie))
    return { kind: 'ambiguous' };
  let start = SCHEME.length;
  while (header.charCodeAt(start) === SPACE) start += 1;
  return header.slice(start);
}

/** The scheme alone, or before a space (RFC 9110 section 11.1): any case. */
function isBearer(header: string): boolean {
  const after = header.charCodeAt(SCHEME.length);
  return (Number.isNaN(after) || after === SPACE) && header.slice(0, SCHEME.length).toLowerCase() === SCHEME;
}

function isRepeated(rawHeaders: readonly string[]): boolean {
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 13 && name.toLowerCase() === 'authorization') seen += 1;
  }
  return seen > 1;
}

function refused(error: 'invalid_request' | 'invalid_token', detail: string): Credential {
  return { kind: 'refused', error, detail };
}
