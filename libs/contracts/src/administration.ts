import { z } from 'zod';
import { json } from './media.js';
import { ROLES } from './permissions.js';
import { route, type RouteContract } from './route.js';
import { platformSessionListSchema, receipt, sessionPathSchema } from './sessions.js';

/** Path of one user or account; the id comes out in lower case, as it was given out. */
export const userIdPath = z.strictObject({ id: z.uuid().toLowerCase() });

/** An account as those see it who look after them. Neither a password nor a key of a second factor is in it. */
export const accountSchema = z
  .object({
    id: z.uuid(),
    email: z.string(),
    roles: z.array(z.string()),
    createdAt: z.iso.datetime(),
    disabledAt: z.iso.datetime().nullable(),
    secondFactor: z.boolean(),
  })
  .meta({
    id: 'Account',
    examples: [
      {
        id: '7f0a4a52-6f0e-4a53-9d4c-0a3c8f9d2b11',
        email: 'ada@example.org',
        roles: ['user'],
        createdAt: '2026-11-21T09:30:00.000Z',
        disabledAt: null,
        secondFactor: true,
      },
    ],
  });

/** Body of `PUT /auth/users/:id/roles`: all roles that the account is to have. Each once; `user` is always one. */
export const rolesSchema = z
  .strictObject({
    roles: z
      .array(z.enum(ROLES).exclude(['guest']))
      .max(ROLES.length)
      .refine((roles) => new Set(roles).size === roles.length, 'names a role twice')
      .refine((roles) => roles.includes('user'), 'must contain user')
      .meta({ uniqueItems: true, contains: { const: 'user' } }),
  })
  .meta({ id: 'Roles', examples: [{ roles: ['user', 'support'] }] });

/** Query of `GET /platform/sessions`. */
export const platformSessionsQuery = z.strictObject({ userId: z.uuid().toLowerCase() });

/** Answer of `POST /platform/keys/rotate`: the next key, from when on it signs, and the one that signs until then. */
export const keysRotatedSchema = z
  .object({ kid: z.string(), signsFrom: z.iso.datetime(), previousKid: z.string() })
  .meta({ id: 'KeysRotated' });

/** The validated path of one user or account. */
export type UserIdPath = z.output<typeof userIdPath>;

const account = { 200: { description: 'The account.', schema: accountSchema } };

/** The routes of those who look after accounts. */
export const administrationRoutes = {
  readAccount: route({
    service: 'auth',
    method: 'GET',
    path: '/auth/users/:id',
    summary: 'One account',
    access: 'accounts:view',
    params: userIdPath,
    responses: account,
    errors: ['ERR_NOT_FOUND'],
  }),
  disableAccount: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/users/:id/disable',
    summary: 'Disable an account: every session of it ends, and nobody signs in',
    access: 'accounts:manage',
    stepUp: true,
    params: userIdPath,
    responses: receipt,
    errors: ['ERR_NOT_FOUND', 'ERR_CONFLICT'],
  }),
  enableAccount: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/users/:id/enable',
    summary: 'Enable a disabled account, and forget its failed sign-ins',
    access: 'accounts:manage',
    stepUp: true,
    params: userIdPath,
    responses: account,
    errors: ['ERR_NOT_FOUND'],
  }),
  changeRoles: route({
    service: 'auth',
    method: 'PUT',
    path: '/auth/users/:id/roles',
    summary:
      'Say which roles an account has; a lost one is lost at once, a new one comes with the next token',
    access: 'accounts:manage',
    stepUp: true,
    params: userIdPath,
    body: json(rolesSchema),
    responses: account,
    errors: ['ERR_NOT_FOUND', 'ERR_CONFLICT'],
  }),
  removeTotpOf: route({
    service: 'auth',
    method: 'DELETE',
    path: '/auth/users/:id/totp',
    summary: 'Take a lost second factor off an account',
    access: 'accounts:manage',
    stepUp: true,
    params: userIdPath,
    responses: { 204: { description: 'There is none any more, or never was.' } },
    errors: ['ERR_NOT_FOUND'],
  }),
  platformSessions: route({
    service: 'auth',
    method: 'GET',
    path: '/platform/sessions',
    summary: 'The sessions of a user, with what is known of them',
    access: 'sessions:manage',
    query: platformSessionsQuery,
    responses: {
      200: { description: 'The sessions; none is the current one.', schema: platformSessionListSchema },
    },
    errors: ['ERR_STRATEGY_UNSUPPORTED'],
  }),
  endPlatformSession: route({
    service: 'auth',
    method: 'DELETE',
    path: '/platform/sessions/:id',
    summary: 'End anybody’s session',
    access: 'sessions:manage',
    params: sessionPathSchema,
    responses: receipt,
    errors: ['ERR_NOT_FOUND', 'ERR_STRATEGY_UNSUPPORTED'],
  }),
  rotateKeys: route({
    service: 'auth',
    method: 'POST',
    path: '/platform/keys/rotate',
    summary: 'Publish the next signing key; it signs once every verifier can know it',
    access: 'keys:rotate',
    stepUp: true,
    responses: { 202: { description: 'The keys.', schema: keysRotatedSchema } },
    errors: [],
  }),
} as const satisfies Record<string, RouteContract>;
