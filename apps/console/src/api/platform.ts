/** An answer of `GET /platform/topology`. */
export interface Topology {
  readonly time: string;
  readonly answeredBy: string;
  readonly silent: readonly string[];
  readonly gateways: readonly GatewayWorker[];
  readonly services: readonly { readonly name: string; readonly instances: readonly Instance[] }[];
  readonly redis: { readonly nodes: readonly RedisNode[] };
  readonly postgres: readonly Postgres[];
}
export interface GatewayWorker {
  readonly id: string;
  readonly pid: number;
  readonly state: 'starting' | 'ready' | 'draining' | 'silent';
  readonly inFlight: number | null;
}
export interface Instance {
  readonly id: string;
  readonly pid: number;
  readonly url: string;
  readonly state: 'ready' | 'draining';
  readonly startedAt: string;
  readonly inFlight: number;
  readonly latencyMs: number;
  readonly available: boolean;
  readonly ejectedUntil: string | null;
  readonly seenBy: readonly {
    readonly gateway: string;
    readonly inFlight: number;
    readonly latencyMs: number;
    readonly available: boolean;
    readonly ejectedUntil: string | null;
  }[];
}
export interface RedisNode {
  readonly id: string;
  readonly address: string;
  readonly role: 'primary' | 'replica';
  readonly up: boolean;
  readonly lagBytes: number | null;
  readonly lagSeconds: number | null;
}
export interface Postgres {
  readonly service: string;
  readonly askedAt: string | null;
  readonly state: 'up' | 'down' | 'unknown';
}

/** The names of the events of `GET /platform/events`. */
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
export type PlatformEventType = (typeof PLATFORM_EVENTS)[number];

/** One event of `GET /platform/events`. Its other members are what the type says. */
export interface PlatformEvent {
  readonly id: string;
  readonly time: string;
  readonly type: PlatformEventType;
  readonly worker: string;
  readonly [member: string]: unknown;
}

/** How a process may be broken. */
export type FaultKind = 'kill' | 'stop' | 'slow';
