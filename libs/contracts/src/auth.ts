import { z } from 'zod';
import { loginSchema, registeredSchema, registerSchema } from './account.js';
import {
  jwksSchema,
  metadataSchema,
  oauthErrorSchema,
  revokeFormSchema,
  tokenAnswerSchema,
  tokenFormSchema,
} from './oauth.js';
import { route, type RouteContract } from './route.js';

/** Answer of `GET /auth/session`. `data`: the namespaces that services keep in the session. */
export const sessionViewSchema = z
  .object({
    id: z.string(),
    userId: z.string(),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime(),
    idleExpiresAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    acr: z.int(),
    roles: z.array(z.string()),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Session' });

/** Answer of `GET /auth/sessions`: the device list, most recently active first. */
export const sessionListSchema = z
  .object({
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
  })
  .meta({ id: 'Sessions' });

/** Path of `DELETE /auth/sessions/:id`. An id that was never minted is not found, whatever it looks like. */
export const sessionPathSchema = z.strictObject({ id: z.string().min(1) });

/** What an end of sessions answers: how many it ended, 0 when it is repeated. */
export const receiptSchema = z
  .object({ revoked: z.int().min(0) })
  .meta({ id: 'Receipt', examples: [{ revoked: 1 }] });

const json = <T extends z.ZodType>(schema: T) => ({ type: 'application/json' as const, schema });
const form = <T extends z.ZodType>(schema: T) => ({
  type: 'application/x-www-form-urlencoded' as const,
  schema,
});
const receipt = { 200: { description: 'How many sessions ended.', schema: receiptSchema } };
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
    responses: { 201: { description: 'The account.', schema: registeredSchema } },
    errors: ['ERR_CONFLICT', 'ERR_OVERLOADED'],
  }),
  login: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/login',
    summary: 'Sign in: begin a session',
    access: 'public',
    body: json(loginSchema),
    responses: { 200: { description: 'The tokens of a new session.', schema: tokenAnswerSchema } },
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
    responses: { 200: { description: 'Over, or never was.' }, 400: refused, 401: refused },
    errors: ['ERR_STORE_UNAVAILABLE'],
  }),
  metadata: route({
    service: 'auth',
    method: 'GET',
    path: '/.well-known/oauth-authorization-server',
    summary: 'Authorization server metadata (RFC 8414)',
    access: 'public',
    responses: { 200: { description: 'The metadata.', schema: metadataSchema } },
    errors: [],
  }),
  jwks: route({
    service: 'auth',
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'Public keys that verify access tokens (RFC 7517)',
    access: 'public',
    responses: { 200: { description: 'The keys.', schema: jwksSchema } },
    errors: [],
  }),
  session: route({
    service: 'auth',
    method: 'GET',
    path: '/auth/session',
    summary: 'The session of this request',
    access: 'session',
    responses: { 200: { description: 'The session.', schema: sessionViewSchema } },
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
    responses: { 200: { description: 'The sessions.', schema: sessionListSchema } },
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
