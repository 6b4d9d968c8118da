import { z } from 'zod';
import { json } from './media.js';
import { route, type RouteContract } from './route.js';

/** Longest fault, in milliseconds. */
const LONGEST_FAULT_MS = 60_000;

/** Path of one process: an instance of a service, a gateway worker, a Redis node. */
export const processPath = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/) });

/** Body of `POST /platform/instances/:id/fault`. After `forMs` (of `kill`: at once) all is as it was. */
export const faultSchema = z
  .strictObject({
    kind: z
      .enum(['kill', 'stop', 'slow'])
      .describe('kill: it ends at once and comes back; stop: it stands still; slow: it stands still 80 %'),
    forMs: z.int().min(1).max(LONGEST_FAULT_MS).default(1_000),
  })
  .meta({ id: 'Fault', examples: [{ kind: 'stop', forMs: 2_000 }] });

/** Answer of `POST /platform/instances/:id/fault`. */
export const faultAcceptedSchema = z
  .object({ id: z.string(), kind: faultSchema.shape.kind, forMs: z.int(), until: z.iso.datetime() })
  .meta({ id: 'FaultAccepted' });

/** Answer of `…/drain` and `…/undrain`: how the process stands from now on. */
export const drainSchema = z
  .object({ id: z.string(), state: z.enum(['ready', 'draining']) })
  .meta({ id: 'Drain' });

/** How instances can be chosen (`BALANCER_POLICY`). */
export const BALANCER_POLICIES = [
  'round-robin',
  'weighted',
  'least-request',
  'p2c',
  'p2c-ewma',
  'rendezvous',
] as const;

/** Body of `PUT /platform/balancer`. Without a service: of every service that has no policy of its own. */
export const balancerSchema = z
  .strictObject({
    service: z.enum(['auth', 'user', 'order']).optional(),
    policy: z.enum(BALANCER_POLICIES),
  })
  .meta({ id: 'Balancer', examples: [{ service: 'order', policy: 'round-robin' }] });

/** Answer of `PUT /platform/balancer`: what was asked for, and which gateway workers have not said that they do so. */
export const balancerChangedSchema = z
  .object({ ...balancerSchema.shape, silent: z.array(z.string()) })
  .meta({ id: 'BalancerChanged' });

const perSecond = z.number().describe('Mean of the last 10 seconds, those that failed included');
const failedShare = z
  .number()
  .describe('0 to 1: without an answer, or a 5xx; those whose caller left are none');

/** What came of the last 10 seconds of tries at an instance. Percentiles are exact to 5 %, or 0.1 ms. */
const trafficSchema = z
  .object({
    perSecond,
    p50Ms: z.number().nullable().describe('Until the answer began; null where there was none'),
    p99Ms: z.number().nullable(),
    failedShare,
  })
  .meta({ id: 'Traffic', examples: [{ perSecond: 41.5, p50Ms: 2.1, p99Ms: 14.8, failedShare: 0 }] });

/** What one gateway worker sees of an instance. */
const sightSchema = z.object({
  gateway: z.string(),
  inFlight: z.int(),
  latencyMs: z.number(),
  available: z.boolean(),
  ejectedUntil: z.iso.datetime().nullable(),
  traffic: trafficSchema.describe('Of its tries'),
});

const instanceSchema = z.object({
  id: z.string(),
  pid: z.int(),
  url: z.string(),
  state: z.enum(['ready', 'draining']),
  startedAt: z.iso.datetime(),
  weight: z.number().optional().describe('Its share under the policy `weighted`; 1 where it has none'),
  inFlight: z.int().describe('The sum over all gateway workers that are not silent'),
  latencyMs: z.number().describe('The mean of what they measure'),
  available: z.boolean().describe('Whether every worker sends requests there'),
  ejectedUntil: z.iso.datetime().nullable().describe('The latest of theirs'),
  traffic: trafficSchema.describe('Of all their tries together'),
  seenBy: z.array(sightSchema),
});

/** Answer of `GET /platform/topology`. */
export const topologySchema = z
  .object({
    time: z.iso.datetime(),
    answeredBy: z.string(),
    silent: z.array(z.string()).describe('Gateway workers that did not answer: what they hold is in no sum'),
    gateways: z.array(
      z.object({
        id: z.string(),
        pid: z.int(),
        state: z.enum(['starting', 'ready', 'draining', 'silent']),
        inFlight: z.int().nullable(),
        traffic: z
          .object({ perSecond, failedShare })
          .nullable()
          .describe('What it answered; null where it is silent'),
      }),
    ),
    services: z.array(
      z.object({
        name: z.string(),
        policy: z.enum(BALANCER_POLICIES).optional().describe('How its instances are chosen'),
        instances: z.array(instanceSchema),
      }),
    ),
    redis: z.object({
      nodes: z.array(
        z.object({
          id: z.string().describe('As in the run file of `npm start`, elsewhere its address'),
          address: z.string(),
          role: z.enum(['primary', 'replica']),
          up: z.boolean(),
          lagBytes: z.int().nullable(),
          lagSeconds: z.int().nullable().describe('Since it last said how far it is'),
        }),
      ),
    }),
    postgres: z.array(
      z.object({
        service: z.string(),
        askedAt: z.string().nullable().describe('The instance that said so'),
        state: z.enum(['up', 'down', 'unknown']),
      }),
    ),
  })
  .meta({ id: 'Topology' });

/** What happens on the platform: the names of the events of `GET /platform/events`. */
export const PLATFORM_EVENTS = [
  'instance-up',
  'instance-ejected',
  'instance-drained',
  'instance-down',
  'worker-up',
  'worker-drained',
  'worker-down',
  'store-primary-changed',
  'session-revoked',
  'key-rotated',
] as const;

/** The data of one event of `GET /platform/events`. Its other members are what the type says. */
export const platformEventSchema = z
  .looseObject({
    id: z.string(),
    time: z.iso.datetime(),
    type: z.enum(PLATFORM_EVENTS),
    worker: z.string().describe('The gateway worker that saw it; of what all see, the first'),
  })
  .meta({ id: 'PlatformEvent' });

/** A name of an event. */
export type PlatformEventType = (typeof PLATFORM_EVENTS)[number];
/** A validated body of `PUT /platform/balancer`. */
export type Balancer = z.output<typeof balancerSchema>;
/** A validated path of one process. */
export type ProcessPath = z.output<typeof processPath>;
/** A validated body of `POST /platform/instances/:id/fault`. */
export type Fault = z.output<typeof faultSchema>;
/** An answer of `GET /platform/topology`. */
export type Topology = z.output<typeof topologySchema>;

const drained = { 202: { description: 'It knows.', schema: drainSchema } };

/** The routes that the gateway answers itself. */
export const operationsRoutes = {
  topology: route({
    service: 'gateway',
    method: 'GET',
    path: '/platform/topology',
    summary: 'Who runs, and how everybody does',
    access: 'platform:view',
    policy: 'read',
    responses: { 200: { description: 'As all gateway workers see it.', schema: topologySchema } },
    errors: [],
  }),
  events: route({
    service: 'gateway',
    method: 'GET',
    path: '/platform/events',
    summary: 'What happens, as server-sent events (`text/event-stream`), each a PlatformEvent',
    access: 'platform:view',
    policy: 'read',
    headers: z.object({
      'last-event-id': z.string().optional().describe('What came after it and is remembered comes first'),
    }),
    responses: { 200: { description: 'The stream; it ends with the session and at a drain.' } },
    errors: [],
  }),
  drainInstance: route({
    service: 'gateway',
    method: 'POST',
    path: '/platform/instances/:id/drain',
    summary:
      'Send a service instance or a gateway worker no new requests, until it starts anew or is undrained',
    access: 'platform:operate',
    params: processPath,
    responses: drained,
    errors: ['ERR_NOT_FOUND', 'ERR_CONFLICT'],
  }),
  undrainInstance: route({
    service: 'gateway',
    method: 'POST',
    path: '/platform/instances/:id/undrain',
    summary: 'Send it requests again',
    access: 'platform:operate',
    params: processPath,
    responses: drained,
    errors: ['ERR_NOT_FOUND', 'ERR_CONFLICT'],
  }),
  changeBalancer: route({
    service: 'gateway',
    method: 'PUT',
    path: '/platform/balancer',
    summary: 'Choose instances by another policy, in all gateway workers, until the gateway starts anew',
    access: 'platform:operate',
    body: json(balancerSchema),
    responses: { 200: { description: 'They do.', schema: balancerChangedSchema } },
    errors: [],
  }),
  injectFault: route({
    service: 'gateway',
    method: 'POST',
    path: '/platform/instances/:id/fault',
    summary: 'Break a process for a while, where `npm start` runs the platform; elsewhere 404',
    access: 'platform:operate',
    params: processPath,
    body: json(faultSchema),
    responses: { 202: { description: 'It begins in a moment.', schema: faultAcceptedSchema } },
    errors: ['ERR_NOT_FOUND'],
  }),
} as const satisfies Record<string, RouteContract>;
