import { isIdempotent, UpstreamError } from '@holdfast/balancer-core';
import { sessionAffinity } from './affinity.js';
import {
  DEADLINE_HEADER,
  type UpstreamFailure,
  type UpstreamHead,
  type UpstreamSink,
} from './upstream-request.js';
import type { Upstreams } from './upstreams.js';

const DEFAULT_DEADLINE_MS = 5_000;
/** Longest answer that is kept, in bytes. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** A request from one service to another. */
export interface ServiceRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless `headers` has a content type. */
  readonly body?: string;
  /** Doing it twice is like doing it once, so it may be tried on another instance. Default: by the method (RFC 9110 9.2.2). */
  readonly idempotent?: boolean;
  /** Longest time for the whole answer, all tries together. Default 5,000. */
  readonly deadlineMs?: number;
}

/** The whole answer of a service, whatever its status. */
export interface ServiceResponse {
  readonly status: number;
  /** Names in lower case; of repeated ones the last. */
  readonly headers: Readonly<Record<string, string>>;
  text(): Promise<string>;
  /** Throws a `SyntaxError` if it is not JSON. */
  json<T>(): Promise<T>;
}

/** Calls other services by name: balanced, retried where safe, within a deadline. */
export class ServiceClient {
  /**
   * @param travellingHeaders - asked at each request for headers that it has besides its own, names in lower case:
   * what it is part of (a request id, a trace). Those of the request itself win; a `DEADLINE_HEADER` bounds its deadline.
   * Default: none.
   */
  constructor(
    private readonly upstreams: Upstreams,
    private readonly travellingHeaders: () => Readonly<Record<string, string>> = () => ({}),
  ) {}

  /** Rejects with an `UpstreamError` if no instance answered (in time); an answer of any status resolves. */
  async request(service: string, init: ServiceRequest): Promise<ServiceResponse> {
    const startedAt = performance.now();
    const { [DEADLINE_HEADER]: travelling, ...headers } = { ...this.travellingHeaders(), ...init.headers };
    const ownMs = init.deadlineMs ?? DEFAULT_DEADLINE_MS;
    const deadlineMs = Math.min(ownMs, Number(travelling ?? Infinity));
    if (!this.upstreams.areKnown) await Promise.race([this.upstreams.known, pause(deadlineMs)]);
    return new Promise((resolve, reject) => {
      const remainingMs = Math.max(0, deadlineMs - (performance.now() - startedAt));
      const timer = setTimeout(() => {
        forwarding.abort();
        reject(new UpstreamError('ERR_UPSTREAM_TIMEOUT', service, `no whole answer within ${deadlineMs} ms`));
      }, remainingMs);
      const settle = (act: () => void) => {
        clearTimeout(timer);
        act();
      };
      const sink = new Collector(
        (response) => settle(() => resolve(response)),
        (failure) => settle(() => reject(toError(service, failure))),
      );
      const request = toUpstreamRequest({ ...init, headers }, remainingMs);
      const forwarding = this.upstreams.forward(service, { ...request, hurried: deadlineMs < ownMs }, sink);
    });
  }

  /** Ends all connections; requests under way are given a second. */
  async close(): Promise<void> {
    await this.upstreams.close(1_000);
  }
}

function toUpstreamRequest({ method, path, headers, body, idempotent }: ServiceRequest, deadlineMs: number) {
  const all = {
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  };
  return {
    method,
    path,
    headers: Object.entries(all).flat(),
    ...(body !== undefined && { body: Buffer.from(body) }),
    repeatable: idempotent ?? isIdempotent(method),
    affinity: sessionAffinity(headers?.['authorization']),
    deadlineMs,
  };
}

function toError(service: string, { kind, detail }: UpstreamFailure): Error {
  if (kind === 'invalid') return new TypeError(`${service}: ${detail}`);
  return new UpstreamError(
    kind === 'timeout' ? 'ERR_UPSTREAM_TIMEOUT' : 'ERR_UPSTREAM_UNAVAILABLE',
    service,
    detail,
  );
}

class Collector implements UpstreamSink {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #head: UpstreamHead | undefined;

  constructor(
    private readonly onResponse: (response: ServiceResponse) => void,
    private readonly onFailed: (failure: UpstreamFailure) => void,
  ) {}

  onHead(head: UpstreamHead): void {
    this.#head = head;
  }

  onData(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    // Ends the connection; we are told by `onFailure`.
    if (this.#bytes > MAX_ANSWER_BYTES) throw new Error('answer too long');
    this.#chunks.push(chunk);
    return true;
  }

  onEnd(): void {
    const text = Buffer.concat(this.#chunks).toString('utf8');
    this.onResponse({
      status: this.#head?.status ?? 0,
      headers: toRecord(this.#head?.headers ?? []),
      text: () => Promise.resolve(text),
      json: <T>() => new Promise<T>((resolve) => resolve(JSON.parse(text) as T)),
    });
  }

  onFailure(failure: UpstreamFailure): void {
    this.onFailed(failure);
  }
}

function toRecord(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < raw.length; index += 2) {
    headers[raw[index]?.toLowerCase() ?? ''] = raw[index + 1] ?? '';
  }
  return headers;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
