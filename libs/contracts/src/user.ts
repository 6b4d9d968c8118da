import { z } from 'zod';
import { displayNameSchema, emailSchema } from './account.js';
import { userIdPath } from './administration.js';
import { currencySchema, localeSchema } from './locale.js';
import { nextCursor, pageQuery } from './pagination.js';
import { route, type RouteContract } from './route.js';

/**
 * A user. `roles`: to themselves those that their session has, to others those of the account; `version` is what
 * `PATCH /users/me` wants back.
 */
export const userSchema = z
  .object({
    id: z.uuid(),
    email: z.string(),
    displayName: z.string(),
    roles: z.array(z.string()),
    createdAt: z.iso.datetime(),
    version: z.int().min(1),
  })
  .meta({
    id: 'User',
    examples: [
      {
        id: '7f0a4a52-6f0e-4a53-9d4c-0a3c8f9d2b11',
        email: 'ada@example.org',
        displayName: 'Ada',
        roles: ['user'],
        createdAt: '2026-11-21T09:30:00.000Z',
        version: 1,
      },
    ],
  });

/** A page of users, newest first. */
export const userPageSchema = z.object({ users: z.array(userSchema), nextCursor }).meta({ id: 'UserPage' });

/** Body of `PATCH /users/me`. A `version` that is no longer the current one is a conflict. */
export const updateMeBody = z
  .strictObject({ displayName: displayNameSchema, version: z.int().min(1) })
  .meta({ id: 'UpdateMe', examples: [{ displayName: 'Ada Lovelace', version: 1 }] });

const preferences = {
  theme: z.enum(['light', 'dark', 'system']).optional(),
  locale: localeSchema.optional(),
  currency: currencySchema.optional(),
};
const examples = [{ theme: 'dark', locale: 'de-CH', currency: 'CHF' }] as const;

/** What a session prefers: kept in its `user` namespace, read by every service. Absent: not chosen. */
export const preferencesSchema = z.object(preferences).meta({ id: 'Preferences', examples });

/** Body of `PUT /users/me/preferences`: what changes; members that are not sent stay. */
export const updatePreferencesBody = z.strictObject(preferences).meta({ id: 'UpdatePreferences', examples });

/** Body of the internal `PUT /internal/profiles/:id`, by which auth makes a profile. Repeating it changes nothing. */
export const profileSeedBody = z.strictObject({ email: emailSchema, displayName: displayNameSchema });

/** Path of the internal `PUT /internal/profiles/:id`. */
export const profileParams = z.strictObject({ id: z.uuid() });

/** A user, as clients see one. */
export type User = z.output<typeof userSchema>;
/** A page of users. */
export type UserPage = z.output<typeof userPageSchema>;
/** A validated body of `PATCH /users/me`. */
export type UpdateMe = z.output<typeof updateMeBody>;
/** What a session prefers. */
export type Preferences = z.output<typeof preferencesSchema>;
/** A validated body of the internal `PUT /internal/profiles/:id`. */
export type ProfileSeed = z.output<typeof profileSeedBody>;

/** The user service's public routes. */
export const userRoutes = {
  readMe: route({
    service: 'user',
    method: 'GET',
    path: '/users/me',
    summary: 'Who I am',
    access: 'profile:own',
    responses: { 200: { description: 'The user of this session.', schema: userSchema } },
    errors: ['ERR_NOT_FOUND'],
  }),
  updateMe: route({
    service: 'user',
    method: 'PATCH',
    path: '/users/me',
    summary: 'Change my name',
    access: 'profile:own',
    body: { type: 'application/json', schema: updateMeBody },
    responses: { 200: { description: 'The user, changed.', schema: userSchema } },
    errors: ['ERR_NOT_FOUND', 'ERR_CONFLICT'],
  }),
  updatePreferences: route({
    service: 'user',
    method: 'PUT',
    path: '/users/me/preferences',
    summary: 'Change what this session prefers; members that are not sent stay',
    access: 'session',
    body: { type: 'application/json', schema: updatePreferencesBody },
    responses: { 200: { description: 'All preferences of this session.', schema: preferencesSchema } },
    errors: ['ERR_SESSION_DATA_TOO_LARGE'],
  }),
  listUsers: route({
    service: 'user',
    method: 'GET',
    path: '/users',
    summary: 'Everybody who has a profile, newest first',
    access: 'users:list',
    query: pageQuery,
    responses: { 200: { description: 'A page of users.', schema: userPageSchema } },
    errors: [],
  }),
  readUser: route({
    service: 'user',
    method: 'GET',
    path: '/users/:id',
    summary: 'One user: oneself, or anybody for those who may',
    access: 'profile:own',
    ofOthers: 'users:read',
    params: userIdPath,
    responses: { 200: { description: 'The user.', schema: userSchema } },
    errors: ['ERR_NOT_FOUND'],
  }),
} as const satisfies Record<string, RouteContract>;
