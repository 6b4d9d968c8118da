import type { Affinity } from '@holdfast/balancer-core';
import type { Duplex } from 'node:stream';
import type { Decision } from './decision.js';
import type { BodyStream } from './wire/request-head.js';

export type { BodyStream };

/**
 * Says with each try how long its caller still waits: whole milliseconds from when it was sent, so that no clocks need to
 * agree. Whoever gets it bounds by it what it does, and what it asks of others.
 */
export const DEADLINE_HEADER = 'x-deadline-ms';

/** One request to a service, whichever instance gets it. */
export interface UpstreamRequest {
  readonly method: string;
  /** Origin form (path and query), sent as it is. */
  readonly path: string;
  /** Flat names and values, end-to-end headers only: neither `host` nor hop-by-hop headers; `content-length` only with a `BodyStream`. */
  readonly headers: string[];
  readonly body?: Buffer | BodyStream | undefined;
  /** Doing it twice is like doing it once. */
  readonly repeatable: boolean;
  /** The answer may be silent for long (server-sent events): no body timeout. */
  readonly longLived?: boolean;
  /**
   * Asks for another protocol on this connection, e.g. `websocket` (RFC 9110 7.8). Where the instance agrees, `onUpgrade`
   * gets the connection; until that is closed the request is in flight.
   */
  readonly upgrade?: string | undefined;
  /** Default: the setting. */
  readonly deadlineMs?: number | undefined;
  /**
   * Somebody else made its deadline short: that an instance does not keep it says nothing of the instance. Otherwise two
   * requests that give it a moment would have it ejected.
   */
  readonly hurried?: boolean;
  /** The answer says how it came about (`decision`). Default: it does not, and nothing is noted. */
  readonly explained?: boolean | undefined;
  /** What it sticks to where the policy is sticky, such as the id of its session; asked only then. Default: nothing. */
  readonly affinity?: Affinity | undefined;
}

/** The head of the response that is handed on. */
export interface UpstreamHead {
  readonly status: number;
  /** Flat names and values as they came, decoded as Latin-1. */
  readonly headers: readonly string[];
  /** Id of the instance that answered. */
  readonly instanceId: string;
  /** How many tries came before. */
  readonly retries: number;
  /** If it was asked for. */
  readonly decision?: Decision | undefined;
}

/**
 * Why there is no (whole) answer. `unavailable`: nobody answered; `timeout`: nobody in time; `truncated`: the
 * answer broke off after its head; `invalid`: the request cannot be sent as it is.
 */
export interface UpstreamFailure {
  readonly kind: 'unavailable' | 'timeout' | 'truncated' | 'invalid';
  readonly detail: string;
  readonly retries: number;
  /** If it was asked for. */
  readonly decision?: Decision | undefined;
}

/**
 * Where an answer goes: `onHead`, any number of `onData`, `onEnd`; or `onUpgrade` alone; or `onFailure`, once, at any
 * point before `onEnd`.
 */
export interface UpstreamSink {
  onHead(head: UpstreamHead): void;
  /** The instance agreed to `upgrade`: the connection, paused, is the sink's to read, write and close. */
  onUpgrade?(head: UpstreamHead, connection: Duplex): void;
  /** `false`: pause until `Forwarding.resume`. */
  onData(chunk: Buffer): boolean;
  onEnd(trailers: readonly string[]): void;
  onFailure(failure: UpstreamFailure): void;
}
