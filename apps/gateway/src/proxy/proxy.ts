import type { BlockList } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIdempotent, type Affinity, type Slot } from '@holdfast/balancer-core';
import {
  DEFAULT_UPSTREAM_SETTINGS,
  sessionAffinity,
  type UpstreamFailure,
  type Upstreams,
} from '@holdfast/balancer-http';
import type { ErrorCode } from '@holdfast/contracts';
import { activeSpan, traceIdOf, type Logger } from '@holdfast/service-defaults';
import type { Admission, CredentialGate, Verdict } from '../credentials/credential-gate.js';
import type { CredentialUse } from '../credentials/credential-use.js';
import type { CrossOrigin } from '../http/cross-origin.js';
import { isWebSocket } from '../http/door-request.js';
import { sendProblem, type GatewayProblem } from '../http/send-problem.js';
import type { ClientRate } from '../overload/client-rate.js';
import { Deadline } from '../overload/deadline.js';
import type { Overload } from '../overload/overload.js';
import { SlotSink } from '../overload/slot-sink.js';
import { asksForExplanation } from '../platform/explain-permission.js';
import { EXPLAIN_HEADER, explanationOf } from '../platform/explanation.js';
import type { SessionToucher } from '../sessions/session-toucher.js';
import type { StreamLease } from '../streams/stream-lease.js';
import { HeldStream } from '../streams/held-stream.js';
import type { StreamSessions } from '../streams/stream-sessions.js';
import { clientAddress } from './client-address.js';
import { knownRoute, type KnownRoute } from './known-routes.js';
import { hasBody, takeBody, type RequestBody } from './request-body.js';
import { requestHeaders } from './request-headers.js';
import { ResponseWriter, type Exchange } from './response-writer.js';
import { serviceOf } from './service-routes.js';

/** Until the head of an answer to a request whose body is still on its way: that may take 30 s by itself. */
const STREAMED_DEADLINE_MS = 60_000;
const RETRY_AFTER_SECONDS = 1;

const CODES: Readonly<Record<UpstreamFailure['kind'], ErrorCode>> = {
  unavailable: 'ERR_UPSTREAM_UNAVAILABLE',
  timeout: 'ERR_UPSTREAM_TIMEOUT',
  truncated: 'ERR_UPSTREAM_UNAVAILABLE',
  invalid: 'ERR_BAD_REQUEST',
};

const DETAILS: Readonly<Record<UpstreamFailure['kind'], string>> = {
  unavailable: 'No instance of this service could answer.',
  timeout: 'No instance of this service answered in time.',
  truncated: 'The answer broke off.',
  invalid: 'The request cannot be forwarded: a header is malformed.',
};

const OVERDUE: GatewayProblem = {
  code: 'ERR_UPSTREAM_TIMEOUT',
  detail: 'The time that the client gave is over.',
};

/** What the proxy works with. */
export interface ProxyOptions {
  readonly gatewayId: string;
  readonly upstreams: Upstreams;
  readonly gate: Pick<CredentialGate, 'admit'>;
  readonly overload: Pick<Overload, 'refusalOf' | 'enter'>;
  /** Default: clients are not counted. */
  readonly clientRate?: Pick<ClientRate, 'take'> | undefined;
  readonly toucher: Pick<SessionToucher, 'note' | 'noteSession'>;
  readonly streams: Pick<StreamSessions, 'begin'>;
  readonly crossOrigin: CrossOrigin;
  readonly trustedProxies: BlockList;
  readonly bodyLimitBytes: number;
  /** Whether who has this access token may know how answers come about. */
  readonly mayBeExplained: (authorization: string | undefined) => Promise<boolean>;
  readonly logger: Logger;
}

/** Hands requests to services and their answers back. Streams both ways; reads neither. */
export class Proxy {
  constructor(private readonly options: ProxyOptions) {}

  handle(service: string, request: IncomingMessage, response: ServerResponse, requestId: string): void {
    const { gatewayId, gate, overload } = this.options;
    const crossOrigin = this.options.crossOrigin.headersFor(request);
    const deadline = Deadline.of(request);
    const { traceparent } = activeSpan() ?? {};
    const { method = '', url = '/' } = request;
    const route = knownRoute(method, url);
    const exchange = { request, response, requestId, gatewayId, crossOrigin, route, deadline, traceparent };
    const overloaded = overload.refusalOf(service, route);
    if (overloaded) return this.#answer(exchange, overloaded);
    const use = () => route?.use ?? useOfUnknown(url);
    const admitted = gate.admit({ request, requestId, use });
    const verdict = asksForExplanation(request) ? this.#judged(request, admitted) : admitted;
    if (!(verdict instanceof Promise) && !this.options.clientRate) {
      return this.#proceed(service, exchange, verdict);
    }
    const found = Promise.resolve(verdict);
    (deadline?.within(found, { refusal: OVERDUE }) ?? found)
      .then((found) => this.#count(service, exchange, found))
      .catch((err: unknown) => {
        this.options.logger.error({ ...named(exchange), err }, 'request failed');
        response.destroy();
      });
  }

  /** Who may know how the answer comes about is told; of anybody else the question is not even noticed. */
  async #judged(request: IncomingMessage, admitted: Verdict | Promise<Verdict>): Promise<Verdict> {
    const verdict = await admitted;
    if ('refusal' in verdict) return verdict;
    const { authorization = request.headers.authorization } = verdict;
    return (await this.options.mayBeExplained(authorization)) ? { ...verdict, explained: true } : verdict;
  }

  /** Each request of a client counts, also one that is refused: guessing is what a ceiling is for. */
  async #count(service: string, exchange: Arrived, verdict: Verdict): Promise<void> {
    const { clientRate, trustedProxies } = this.options;
    if (!clientRate) return this.#proceed(service, exchange, verdict);
    const { request } = exchange;
    const { headers, refusal } = await clientRate.take({
      sessionId: 'session' in verdict ? verdict.session?.record.sessionId : undefined,
      authorization: request.headers.authorization,
      address: clientAddress(request, trustedProxies).ip,
    });
    const counted = { ...exchange, crossOrigin: [...exchange.crossOrigin, ...headers] };
    this.#proceed(service, counted, refusal ? { refusal } : verdict);
  }

  #proceed(service: string, exchange: Arrived, verdict: Verdict): void {
    if ('refusal' in verdict) return this.#answer(exchange, verdict.refusal);
    const { request, response } = exchange;
    // It left while its cookie was looked at.
    if (response.destroyed) return;
    if (verdict.session) this.options.toucher.noteSession(verdict.session, request);
    else this.options.toucher.note(request.headers.authorization, request);
    if (!asksForStream(request))
      return this.#transfer(service, exchange, verdict, this.#held(request, verdict));
    void this.options.streams.begin(authorizationOf(request, verdict)).then((begun) => {
      if ('refusal' in begun) return this.#answer(exchange, begun.refusal);
      // Whatever becomes of it: it may be shed before it is one.
      response.once('close', () => begun.lease.release());
      this.#transfer(service, exchange, verdict, this.#held(request, verdict, begun.lease));
    });
  }

  #held(request: IncomingMessage, admission: Admission, lease?: StreamLease): HeldStream {
    return new HeldStream(this.options.streams, authorizationOf(request, admission), lease);
  }

  #transfer(service: string, exchange: Arrived, admission: Admission, stream: HeldStream): void {
    const { request, response } = exchange;
    // It left while its session was looked at.
    if (response.destroyed) return stream.release();
    const onFailure = (failure: UpstreamFailure) => this.#fail(service, exchange, failure);
    const onMessage = () => {
      if (stream.session) this.options.toucher.noteSession(stream.session, request);
    };
    const writer = new ResponseWriter(exchange, onFailure, admission, { stream, onMessage });
    const enter = (body: RequestBody) => this.#enter(service, exchange, { body, admission }, writer);
    if (!hasBody(request)) {
      enter({ kind: 'none' });
    } else {
      const onTooLarge = () => {
        writer.abort();
        this.#refuseBody(exchange);
      };
      takeBody(request, response, this.options.bodyLimitBytes, onTooLarge).then(
        enter,
        // Only a client that left makes reading its body fail, and nobody is there to be told.
        () => response.destroy(),
      );
    }
  }

  /** Its body is here, so that a slow sender takes nobody's place. */
  #enter(service: string, exchange: Arrived, what: Outgoing, writer: ResponseWriter): void {
    const { request, response, route, deadline } = exchange;
    if (what.body.kind === 'too-large') return this.#refuseBody(exchange);
    // It left while we read its body.
    if (response.destroyed) return;
    if (deadline?.remainingMs === 0) return this.#answer(exchange, OVERDUE);
    this.options.overload.enter(service, {
      route,
      response,
      remainingMs: deadline?.remainingMs,
      isSample: what.body.kind !== 'stream' && !asksForStream(request),
      onTurn: (slot, kind) =>
        this.#forward(service, exchange, { body: what.body, admission: what.admission, slot, kind }, writer),
      onShed: (problem) => this.#answer(exchange, problem),
    });
  }

  #forward(
    service: string,
    exchange: Arrived,
    { body, admission, slot, kind }: Outgoing & { readonly slot: Slot; readonly kind: string | undefined },
    writer: ResponseWriter,
  ): void {
    const { request, route, deadline } = exchange;
    const { method = '', url = '' } = request;
    const client = clientAddress(request, this.options.trustedProxies);
    const { headers, keyed } = requestHeaders(exchange, client, admission);
    const isStream = body.kind === 'stream';
    const oursMs = isStream ? STREAMED_DEADLINE_MS : undefined;
    const remainingMs = deadline?.remainingMs ?? Infinity;
    const hurried = remainingMs < (oursMs ?? DEFAULT_UPSTREAM_SETTINGS.deadlineMs);
    if (isStream && body.length !== undefined) headers.push('content-length', body.length);
    const forwarding = this.options.upstreams.forward(
      service,
      {
        method,
        path: url,
        headers,
        body: isStream ? body.stream : body.kind === 'whole' ? body.bytes : undefined,
        deadlineMs: hurried ? remainingMs : oursMs,
        hurried,
        repeatable: isIdempotent(method) || (keyed && route?.keyed === true),
        affinity: affinityOf(request, admission),
        longLived: asksForStream(request),
        upgrade: isWebSocket(request) ? 'websocket' : undefined,
        explained: admission.explained,
      },
      new SlotSink(writer, slot, kind),
    );
    writer.follow(forwarding);
  }

  #fail(service: string, exchange: Exchange, failure: UpstreamFailure): void {
    const { kind, detail, retries, decision } = failure;
    this.options.logger.warn(
      { ...named(exchange), upstream: service, kind, detail, retries },
      'no answer from upstream',
    );
    const code = CODES[kind];
    const retryAfter =
      kind === 'invalid' || kind === 'timeout' ? {} : { retryAfterSeconds: RETRY_AFTER_SECONDS };
    const headers = decision && [EXPLAIN_HEADER, explanationOf(decision)];
    this.#answer(
      exchange,
      { code, detail: DETAILS[kind], ...retryAfter, ...(headers && { headers }) },
      retries,
    );
  }

  #refuseBody(exchange: Exchange): void {
    const detail = `The body is larger than ${this.options.bodyLimitBytes} bytes.`;
    this.#answer(exchange, { code: 'ERR_BODY_TOO_LARGE', detail });
  }

  #answer(exchange: Exchange, problem: GatewayProblem, retries = 0): void {
    const { request, response, requestId, gatewayId, crossOrigin } = exchange;
    const ours = { requestId, gatewayId, servedBy: gatewayId, retries, crossOrigin };
    sendProblem(request, response, problem, ours);
  }
}

/** An exchange as it came: by which route, and how long its client waits if it has said so. */
type Arrived = Exchange & {
  readonly route: KnownRoute | undefined;
  readonly deadline: Deadline | undefined;
};

interface Outgoing {
  readonly body: RequestBody;
  readonly admission: Admission;
}

/** A session sticks to its instance where the policy is sticky, whichever credential names it. */
function affinityOf({ headers }: IncomingMessage, { session }: Admission): Affinity | undefined {
  return session ? () => session.record.sessionId : sessionAffinity(headers.authorization);
}

/** Where a service is not the platform's, a cookie that comes along must be good; a path of ours that is none takes no session. */
function useOfUnknown(url: string): CredentialUse {
  return serviceOf(url) === undefined ? 'required' : 'none';
}

/** Whether a request says that its answer may go on for as long as its session. */
function asksForStream(request: IncomingMessage): boolean {
  const { method, headers } = request;
  return isWebSocket(request) || (method === 'GET' && headers.accept?.includes('text/event-stream') === true);
}

/** The credential that the service gets. */
function authorizationOf({ headers }: IncomingMessage, admission: Admission): string | undefined {
  return admission.authorization ?? headers.authorization;
}

/** What a log line says of a request. */
function named({ requestId, request, traceparent }: Exchange) {
  const traceId = traceIdOf(traceparent ?? request.headers['traceparent']);
  return { requestId, ...(traceId !== undefined && { traceId }) };
}
