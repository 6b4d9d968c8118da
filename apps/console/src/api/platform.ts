import type {
  Balancer,
  balancerChangedSchema,
  Fault,
  platformEventSchema,
  PlatformEventType,
  Topology,
} from '@holdfast/contracts';
import type { z } from 'zod';

// Types only, as in `contracts.ts`.
export type { PlatformEventType, Topology } from '@holdfast/contracts';

/** A gateway worker, as the topology shows it. */
export type GatewayWorker = Topology['gateways'][number];
/** An instance of a service. */
export type Instance = Topology['services'][number]['instances'][number];
/** What came of the last tries at an instance. */
export type Traffic = Instance['traffic'];
/** A service and its instances. */
export type Service = Topology['services'][number];
/** How the instances of a service are to be chosen. */
export type BalancerChange = Balancer;
/** Which gateway workers do so. */
export type BalancerChanged = z.output<typeof balancerChangedSchema>;
/** A node of the session store. */
export type RedisNode = Topology['redis']['nodes'][number];
/** The database of a service. */
export type Postgres = Topology['postgres'][number];
/** One event of `GET /platform/events`. Its other members are what the type says. */
export type PlatformEvent = z.output<typeof platformEventSchema>;
/** How a process may be broken. */
export type FaultKind = Fault['kind'];

/** The names of the events of `GET /platform/events`: a stream is listened to by name. */
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
] as const satisfies readonly PlatformEventType[];
