import { z } from 'zod';
import { endedBecauseSchema } from './problem.js';
import { route, type RouteContract } from './route.js';

/** Answer of `GET /auth/session`. `data`: the namespaces that services keep in the session. */
export const sessionViewSchema = z
  .object({
    id: z.string(),
    userId: z.string(),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime().optional().describe('Absent with the strategy `token`: nobody notes it'),
    idleExpiresAt: z.iso
      .datetime()
      .optional()
      .describe('Absent with the strategy `token`, which knows no idleness'),
    expiresAt: z.iso.datetime(),
    acr: z.int().min(0).max(2).describe('0: guest; 1: password; 2: second factor, or stepped up'),
    roles: z.array(z.string()),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Session' });

const device = {
  id: z.string(),
  createdAt: z.iso.datetime(),
  ip: z.string(),
  userAgent: z.string(),
};

const signedIn = {
  ...device,
  current: z.boolean(),
  lastSeenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
};

const ended = z
  .array(z.object({ ...device, endedBecause: endedBecauseSchema, endedAt: z.iso.datetime() }))
  .max(20);

/**
 * A device list. `sessions`: those that are signed in, most recently active first; `ended`: the latest that are not any
 * more and why, newest first, at most 20, for as long as their tombstones live (24 hours).
 */
export const sessionListSchema = z
  .object({ sessions: z.array(z.object(signedIn)), ended })
  .meta({ id: 'Sessions' });

/**
 * The device list of a user, as administrators see it: with the record of each session and what tokens say of it. There
 * is no data in it, and nothing that opens anything.
 */
export const platformSessionListSchema = z
  .object({
    strategy: z
      .enum(['token', 'store', 'hybrid'])
      .describe('How sessions are kept (`SESSION_STRATEGY`); with `token` nobody can list them'),
    sessions: z.array(
      z.object({
        ...signedIn,
        transport: z.enum(['bearer', 'cookie']),
        acr: z.int().min(0).max(2).describe('0: guest; 1: password; 2: second factor, or stepped up'),
        roles: z.array(z.string()),
        authTimeAt: z.iso.datetime().describe('When its user last proved who they are'),
        steppedUpAt: z.iso.datetime().optional().describe('Absent: not since signing in'),
        idleExpiresAt: z.iso.datetime(),
        version: z.int().min(1).describe('Of the record: one more with each change of it'),
        generation: z.int().min(1).optional().describe('Of its refresh token; absent: it has cookies'),
        epoch: z.int().min(0).describe('An end of all sessions raises that of the user above it'),
        rolesVersion: z.int().min(0).describe('Of the account’s roles that it has'),
        claims: z
          .record(z.string(), z.unknown())
          .describe('What its next access token says, but for `jti`, `iat` and `exp`'),
      }),
    ),
    ended,
  })
  .meta({ id: 'PlatformSessions' });

/** Path of one session. An id that was never minted is not found, whatever it looks like. */
export const sessionPathSchema = z.strictObject({ id: z.string().min(1) });

/**
 * What an end of sessions answers. `revoked`: how many ended, 0 when it is repeated; `acknowledgedBy` of `instances`: how
 * many of those that verify sessions have heard of it; `tookMs`: how long that took; `boundMs`: for how long what has not
 * heard (an instance; with the strategy `token` a token that is out) may go on, 0 where all have; `durable`: whether the ledger has the ends, so that they survive the loss of the session store.
 */
export const receiptSchema = z
  .object({
    revoked: z.int().min(0),
    acknowledgedBy: z.int().min(0),
    instances: z.int().min(0),
    tookMs: z.number().min(0),
    boundMs: z.int().min(0),
    durable: z.boolean(),
  })
  .meta({
    id: 'Receipt',
    examples: [{ revoked: 1, acknowledgedBy: 8, instances: 8, tookMs: 6, boundMs: 0, durable: true }],
  });

/** The answer of routes that end sessions. */
export const receipt = { 200: { description: 'How many sessions ended.', schema: receiptSchema } } as const;

/** The routes by which users look at their own sessions and end them. */
export const sessionRoutes = {
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
    summary: 'End the session of this request, and clear its cookie',
    access: 'session',
    atAnyLevel: true,
    priority: 'high',
    responses: receipt,
    errors: [],
  }),
  sessions: route({
    service: 'auth',
    method: 'GET',
    path: '/auth/sessions',
    summary: 'The devices that are signed in, and what became of those that were',
    access: 'session',
    priority: 'low',
    responses: { 200: { description: 'The sessions.', schema: sessionListSchema } },
    errors: ['ERR_STRATEGY_UNSUPPORTED'],
  }),
  endSession: route({
    service: 'auth',
    method: 'DELETE',
    path: '/auth/sessions/:id',
    summary: 'End one of your sessions',
    access: 'session',
    atAnyLevel: true,
    priority: 'high',
    params: sessionPathSchema,
    responses: receipt,
    errors: ['ERR_NOT_FOUND', 'ERR_STRATEGY_UNSUPPORTED'],
  }),
  logoutOthers: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/logout-others',
    summary: 'End all your sessions but this one',
    access: 'session',
    atAnyLevel: true,
    priority: 'high',
    responses: receipt,
    errors: ['ERR_STRATEGY_UNSUPPORTED'],
  }),
  logoutEverywhere: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/logout-everywhere',
    summary: 'End all your sessions, and clear the cookie',
    access: 'session',
    atAnyLevel: true,
    priority: 'high',
    responses: receipt,
    errors: ['ERR_STRATEGY_UNSUPPORTED'],
  }),
} as const satisfies Record<string, RouteContract>;
