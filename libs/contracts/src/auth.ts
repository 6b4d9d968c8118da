import { z } from 'zod';
import { route, type RouteContract } from './route.js';

/** Fewest and most characters (code points) of a new password; OWASP Authentication Cheat Sheet. */
export const PASSWORD_LENGTH = { min: 12, max: 128 } as const;

/** The one OAuth client of the platform: public, no secret (RFC 6749 2.1). */
export const PUBLIC_CLIENT_ID = 'holdfast-cli';

/**
 * An e-mail address, at most 254 characters (RFC 5321 4.5.3.1.3), lower-cased: two spellings name one account.
 * The length is judged first, so that the pattern never sees a long string.
 */
export const emailSchema = z
  .string()
  .max(254, { abort: true })
  .check(z.email())
  .toLowerCase()
  .describe('Compared and kept in lower case');

/** A new password: 12 to 128 characters, any of Unicode. Nothing else is asked of it (NIST SP 800-63B 3.1.1.2). */
export const newPasswordSchema = z
  .string()
  .refine(
    (password) => characters(password) >= PASSWORD_LENGTH.min,
    `At least ${PASSWORD_LENGTH.min} characters`,
  )
  .refine(
    (password) => characters(password) <= PASSWORD_LENGTH.max,
    `At most ${PASSWORD_LENGTH.max} characters`,
  )
  .meta({ format: 'password', minLength: PASSWORD_LENGTH.min, maxLength: PASSWORD_LENGTH.max });

function characters(text: string): number {
  return Array.from(text).length;
}

/** The name that people see: 1 to 100 characters without control characters, blanks at its ends cut. */
export const displayNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}*$/u, 'No control characters');

/** Body of `POST /auth/register`. */
export const registerSchema = z.object({
  email: emailSchema,
  password: newPasswordSchema,
  displayName: displayNameSchema,
});

/** Answer of `POST /auth/register`. */
export const registeredSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  displayName: z.string(),
  roles: z.array(z.string()),
});

/** Body of `POST /auth/login`. The password is compared, never judged: any length up to 1,024 is a wrong one at worst. */
export const loginSchema = z.object({
  email: emailSchema,
  password: z.string().min(1).max(1024).meta({ format: 'password' }),
  transport: z.literal('bearer').default('bearer'),
  rememberMe: z.boolean().default(false),
});

/** RFC 6749 5.1 with the session's public id. Seconds, as the RFC says. */
export const tokenAnswerSchema = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int(),
  refresh_token: z.string(),
  refresh_expires_in: z.int().describe('Seconds until the session ends if nobody uses it'),
  sessionId: z.string(),
});

/** RFC 6749 5.2; `endedBecause` and `endedAt` say why a session is over. */
export const oauthErrorSchema = z.object({
  error: z.enum(['invalid_request', 'invalid_client', 'invalid_grant', 'unsupported_grant_type']),
  error_description: z.string(),
  endedBecause: z.string().optional(),
  endedAt: z.iso.datetime().optional(),
});

/** Form of `POST /oauth/token` (RFC 6749 6). Unknown parameters are ignored (RFC 6749 3.2). */
export const tokenFormSchema = z.object({
  grant_type: z.literal('refresh_token'),
  refresh_token: z.string().min(1),
  client_id: z.literal(PUBLIC_CLIENT_ID),
});

/** Form of `POST /oauth/revoke` (RFC 7009 2.1). */
export const revokeFormSchema = z.object({
  token: z.string().min(1).describe('An access or a refresh token'),
  token_type_hint: z.string().optional(),
  client_id: z.literal(PUBLIC_CLIENT_ID),
});

/** Answer of `GET /auth/session`. `data`: the namespaces that services keep in the session. */
export const sessionViewSchema = z.object({
  id: z.string(),
  userId: z.string(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  idleExpiresAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  acr: z.int(),
  roles: z.array(z.string()),
  data: z.record(z.string(), z.unknown()),
});

/** Answer of `GET /auth/sessions`: the device list, most recently active first. */
export const sessionListSchema = z.object({
  sessions: z.array(
    z.object({
      id: z.string(),
      current: z.boolean(),
      createdAt: z.iso.datetime(),
      lastSeenAt: z.iso.datetime(),
      expiresAt: z.iso.datetime(),
      ip: z.string(),
      userAgent: z.string(),
    }),
  ),
});

/** Path of `DELETE /auth/sessions/:id`. An id that was never minted is not found, whatever it looks like. */
export const sessionPathSchema = z.object({ id: z.string().min(1) });

/** What an end of sessions answers: how many it ended, 0 when it is repeated. */
export const receiptSchema = z.object({ revoked: z.int().min(0) });

/** RFC 7517: the public keys that verify access tokens. */
export const jwksSchema = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      x: z.string(),
      y: z.string(),
      kid: z.string(),
      alg: z.literal('ES256'),
      use: z.literal('sig'),
    }),
  ),
});

/** RFC 8414 metadata: only what is really there. */
export const metadataSchema = z.object({
  issuer: z.url(),
  token_endpoint: z.url(),
  revocation_endpoint: z.url(),
  jwks_uri: z.url(),
  service_documentation: z.url(),
  response_types_supported: z.array(z.string()),
  grant_types_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  revocation_endpoint_auth_methods_supported: z.array(z.string()),
});

const json = <T extends z.ZodType>(schema: T) => ({ type: 'application/json' as const, schema });
const form = <T extends z.ZodType>(schema: T) => ({
  type: 'application/x-www-form-urlencoded' as const,
  schema,
});
const receipt = { 200: { description: 'How many sessions ended', schema: receiptSchema } };
const refused = { description: 'RFC 6749 5.2', schema: oauthErrorSchema };

/** The auth service's rows of the HTTP contract. */
export const authRoutes = {
  register: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/register',
    summary: 'Open an account; its profile exists when this answers',
    access: 'public',
    body: json(registerSchema),
    responses: { 201: { description: 'The account', schema: registeredSchema } },
    errors: ['ERR_CONFLICT', 'ERR_OVERLOADED'],
  }),
  login: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/login',
    summary: 'Sign in: begin a session',
    access: 'public',
    body: json(loginSchema),
    responses: { 200: { description: 'The tokens of a new session', schema: tokenAnswerSchema } },
    errors: ['ERR_CREDENTIALS', 'ERR_OVERLOADED', 'ERR_STORE_UNAVAILABLE'],
  }),
  token: route({
    service: 'auth',
    method: 'POST',
    path: '/oauth/token',
    summary: 'Refresh: new tokens for a refresh token (RFC 6749 6)',
    access: 'client',
    body: form(tokenFormSchema),
    responses: {
      200: { description: 'RFC 6749 5.1', schema: tokenAnswerSchema },
      400: refused,
      401: refused,
    },
    errors: ['ERR_STORE_UNAVAILABLE'],
  }),
  revoke: route({
    service: 'auth',
    method: 'POST',
    path: '/oauth/revoke',
    summary: 'End the session of an access or a refresh token (RFC 7009)',
    access: 'client',
    body: form(revokeFormSchema),
    responses: { 200: { description: 'Over, or never was' }, 400: refused, 401: refused },
    errors: ['ERR_STORE_UNAVAILABLE'],
  }),
  metadata: route({
    service: 'auth',
    method: 'GET',
    path: '/.well-known/oauth-authorization-server',
    summary: 'Authorization server metadata (RFC 8414)',
    access: 'public',
    responses: { 200: { description: 'The metadata', schema: metadataSchema } },
    errors: [],
  }),
  jwks: route({
    service: 'auth',
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'Public keys that verify access tokens (RFC 7517)',
    access: 'public',
    responses: { 200: { description: 'The keys', schema: jwksSchema } },
    errors: [],
  }),
  session: route({
    service: 'auth',
    method: 'GET',
    path: '/auth/session',
    summary: 'The session of this request',
    access: 'session',
    responses: { 200: { description: 'The session', schema: sessionViewSchema } },
    errors: [],
  }),
  logout: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/logout',
    summary: 'End the session of this request',
    access: 'session',
    responses: receipt,
    errors: [],
  }),
  sessions: route({
    service: 'auth',
    method: 'GET',
    path: '/auth/sessions',
    summary: 'The devices that are signed in',
    access: 'session',
    responses: { 200: { description: 'The sessions', schema: sessionListSchema } },
    errors: [],
  }),
  endSession: route({
    service: 'auth',
    method: 'DELETE',
    path: '/auth/sessions/:id',
    summary: 'End one of your sessions',
    access: 'session',
    params: sessionPathSchema,
    responses: receipt,
    errors: ['ERR_NOT_FOUND'],
  }),
  logoutOthers: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/logout-others',
    summary: 'End all your sessions but this one',
    access: 'session',
    responses: receipt,
    errors: [],
  }),
  logoutEverywhere: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/logout-everywhere',
    summary: 'End all your sessions',
    access: 'session',
    responses: receipt,
    errors: [],
  }),
} as const satisfies Record<string, RouteContract>;
