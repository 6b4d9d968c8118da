import type { MetricShown } from '../metrics/worker-metrics.js';
import type { Balancer, Fault, PlatformEventType } from '@holdfast/contracts';
import type { TrafficCounts } from '../metrics/traffic-window.js';

/** Something that a worker has seen happen. */
export interface Told {
  readonly type: PlatformEventType;
  /** What it is about, where every worker sees it and it is to be told once; without, it is told each time. */
  readonly once?: string;
  /** How `once` stands now: the same again is not told again. */
  readonly as?: string;
  /** What it says besides. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An event as clients get it. */
export interface PlatformEvent {
  readonly id: string;
  readonly time: string;
  readonly type: PlatformEventType;
  readonly worker: string;
  readonly [member: string]: unknown;
}

/** What one worker sees of one instance. Times are epoch milliseconds. */
export interface Sighting {
  readonly id: string;
  readonly service: string;
  readonly url: string;
  readonly state: 'ready' | 'draining';
  readonly pid: number;
  readonly startedAt: number;
  readonly weight?: number;
  readonly inFlight: number;
  readonly latencyMs: number;
  readonly available: boolean;
  readonly ejectedUntil: number | null;
  /** What came of its tries there. */
  readonly traffic: TrafficCounts;
}

/** What a worker says of itself. */
export interface WorkerView {
  readonly state: 'starting' | 'ready' | 'draining';
  readonly inFlight: number;
  /** What it answered. */
  readonly traffic: TrafficCounts;
  /** By which policy it chooses among the instances of a service, by its name. */
  readonly policies: Readonly<Record<string, Balancer['policy']>>;
  readonly instances: readonly Sighting[];
}

/** A worker and what it says; no `view`: it is silent. `isReady`: it has listened once. */
export interface WorkerReport {
  readonly id: string;
  readonly pid: number;
  readonly isReady: boolean;
  readonly view?: WorkerView;
}

/** A process of the fleet that `npm start` runs, by its id. */
export interface FleetMember {
  readonly id: string;
  readonly role: string;
  readonly pid: number;
  readonly port: number;
}

/** What a worker asks the supervisor, and what it is answered. */
export interface Answers {
  views: readonly WorkerReport[];
  /** The sum of what all workers count. */
  metrics: readonly MetricShown[];
  /** `last`: nobody else would take requests; `silent`: it does not answer. */
  rest: 'done' | 'unknown' | 'last' | 'silent';
  /** The workers that have not said that they do so. */
  policy: readonly string[];
  /** `undefined`: nobody who started the gateway says. */
  processes: readonly FleetMember[] | undefined;
  /** `undefined`: as above. */
  fault: 'accepted' | 'unknown' | undefined;
}

/** A question of a worker. */
export type Question =
  | { readonly about: 'views' }
  | { readonly about: 'metrics' }
  | { readonly about: 'rest'; readonly worker: string; readonly resting: boolean }
  | PolicyQuestion
  | FleetQuestion;

/** Choose by this policy from now on. */
export type PolicyQuestion = { readonly about: 'policy' } & Balancer;

/** A question that whoever started the gateway answers: the launcher of `npm start`. */
export type FleetQuestion =
  { readonly about: 'processes' } | ({ readonly about: 'fault'; readonly id: string } & Fault);

/** A question of the supervisor to a worker. */
export type WorkerQuestion =
  | PolicyQuestion
  | { readonly about: 'view' }
  | { readonly about: 'metrics' }
  | { readonly about: 'rest'; readonly resting: boolean };

/** An answer to the question with this number. */
export interface AnswerMessage {
  readonly type: 'answer';
  readonly ask: number;
  readonly answer: unknown;
}

/** What a worker tells its supervisor. `join`: it wants to hear of events, and of those that were. */
export type WorkerMessage =
  | { readonly type: 'ready'; readonly id: string; readonly port: number }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'join' }
  | { readonly type: 'told'; readonly told: Told }
  | { readonly type: 'ask'; readonly ask: number; readonly question: Question }
  | AnswerMessage;

/** What a supervisor tells its workers. */
export type SupervisorMessage =
  | { readonly type: 'drain' }
  | { readonly type: 'events'; readonly events: readonly PlatformEvent[] }
  | { readonly type: 'ask'; readonly ask: number; readonly question: WorkerQuestion }
  | AnswerMessage;
