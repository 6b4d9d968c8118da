import { z } from 'zod';
import { form } from './media.js';
import {
  introspectionAnswerSchema,
  introspectionFormSchema,
  jwksSchema,
  metadataSchema,
  oauthErrorSchema,
  revokeFormSchema,
  serviceTokenAnswerSchema,
  tokenAnswerSchema,
  tokenFormSchema,
} from './oauth.js';
import { route, type RouteContract } from './route.js';

const refused = { description: 'RFC 6749 5.2', schema: oauthErrorSchema };

/** The routes of OAuth clients. */
export const oauthRoutes = {
  token: route({
    service: 'auth',
    method: 'POST',
    path: '/oauth/token',
    summary: 'New tokens for a refresh token (RFC 6749 6), or a token for a program itself (RFC 6749 4.4)',
    access: 'client',
    takesBasic: true,
    body: form(tokenFormSchema),
    responses: {
      200: { description: 'RFC 6749 5.1', schema: z.union([tokenAnswerSchema, serviceTokenAnswerSchema]) },
      400: refused,
      401: refused,
    },
    errors: ['ERR_RATE_LIMITED', 'ERR_STORE_UNAVAILABLE'],
  }),
  revoke: route({
    service: 'auth',
    method: 'POST',
    path: '/oauth/revoke',
    summary: 'End the session of an access or a refresh token (RFC 7009)',
    access: 'client',
    body: form(revokeFormSchema),
    responses: { 200: { description: 'Over, or never was.' }, 400: refused, 401: refused },
    errors: ['ERR_STORE_UNAVAILABLE', 'ERR_STRATEGY_UNSUPPORTED'],
  }),
  introspect: route({
    service: 'auth',
    method: 'POST',
    path: '/oauth/introspect',
    summary: 'What a token is good for at this moment (RFC 7662)',
    access: 'service-client',
    body: form(introspectionFormSchema),
    responses: {
      200: { description: 'RFC 7662 2.2', schema: introspectionAnswerSchema },
      400: refused,
      401: refused,
    },
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
} as const satisfies Record<string, RouteContract>;
