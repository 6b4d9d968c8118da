import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  headerOf,
  type Forwarding,
  type UpstreamFailure,
  type UpstreamHead,
  type UpstreamSink,
} from '@holdfast/balancer-http';
import type { Admission } from '../credentials/credential-gate.js';
import { cutAnswer } from '../http/cut-answer.js';
import { explanationOf } from '../platform/explanation.js';
import type { HeldStream } from '../streams/held-stream.js';
import type { StreamEnd } from '../streams/open-streams.js';
import { finishResponse, isBodyPending } from './finish-response.js';
import { responseHeaders, responseTrailers } from './response-headers.js';
import { answersHandshake, switchingProtocols, WebSocketTunnel } from './web-socket-tunnel.js';

/** How long a slow reader may take for what was on its way when its event stream was ended. */
const GOODBYE_MS = 1_000;

/** One request and its answer, as the proxy sees them. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly gatewayId: string;
  /** What its answer says to pages of other origins, flat. */
  readonly crossOrigin: readonly string[];
  /** Of the span in which it is traced. */
  readonly traceparent?: string | undefined;
}

/** For an answer that turns out to be a stream. */
export interface StreamParts {
  /** What it belongs to. */
  readonly stream: HeldStream;
  /** The client of a WebSocket has sent something. */
  readonly onMessage: () => void;
}

/** Writes a service's answer to the client, no faster than the client reads. */
export class ResponseWriter implements UpstreamSink {
  #forwarding: Forwarding | undefined;
  #chunked = false;
  /** What came of the body with the head, until it is known whether it is all. */
  #first: Buffer | undefined;
  #isFlushed = false;

  constructor(
    private readonly exchange: Exchange,
    private readonly onProblem: (failure: UpstreamFailure) => void,
    private readonly admission: Pick<Admission, 'clearsCookie' | 'onUnauthorized'>,
    private readonly streamed: StreamParts,
  ) {}

  /** The client's leaving ends the request at the service, its reading on resumes it. */
  follow(forwarding: Forwarding): void {
    this.#forwarding = forwarding;
    const { response } = this.exchange;
    response.on('close', () => {
      this.streamed.stream.release();
      if (!response.writableFinished) forwarding.abort();
    });
    if (response.destroyed) forwarding.abort();
  }

  /** Ends the request at the service; what it still answers is not written. */
  abort(): void {
    this.#forwarding?.abort();
  }

  onHead({ status, headers: raw, instanceId, retries, decision }: UpstreamHead): void {
    const { request, response, requestId, gatewayId, crossOrigin } = this.exchange;
    if (response.headersSent || response.destroyed) return;
    const { clearsCookie, onUnauthorized } = this.admission;
    if (status === 401) onUnauthorized?.();
    const explanation = decision && explanationOf(decision);
    const ours = {
      requestId,
      gatewayId,
      crossOrigin,
      clearsCookie,
      servedBy: instanceId,
      retries,
      explanation,
    };
    const headers = responseHeaders(raw, status, ours);
    // Whatever of the body still comes is not the next request.
    if (isBodyPending(request)) response.shouldKeepAlive = false;
    response.writeHead(status, headers);
    this.#chunked = response.chunkedEncoding;
    // Usually the body follows at once and shares a packet with the head; what waits for it must not wait here.
    process.nextTick(flush, this);
    if (isEventStream(raw)) this.streamed.stream.open((why) => this.#endStream(why));
  }

  onUpgrade({ headers: raw, instanceId, retries }: UpstreamHead, service: Duplex): void {
    const { request, response, requestId, gatewayId, crossOrigin } = this.exchange;
    const client = response.socket;
    if (!client || response.destroyed) return void service.destroy();
    if (!answersHandshake(request.headers['sec-websocket-key'], headerOf(raw, 'sec-websocket-accept'))) {
      service.destroy();
      return this.onProblem({ kind: 'unavailable', detail: 'no answer to the handshake', retries });
    }
    const { clearsCookie } = this.admission;
    const { stream, onMessage } = this.streamed;
    const ours = { requestId, gatewayId, crossOrigin, clearsCookie, servedBy: instanceId, retries };
    client.write(switchingProtocols(responseHeaders(raw, 101, ours)), 'latin1');
    const tunnel = new WebSocketTunnel(client, service, onMessage);
    stream.open((why) => tunnel.close(why));
  }

  onData(chunk: Buffer): boolean {
    if (!this.#isFlushed && this.#first === undefined) {
      this.#first = chunk;
      return true;
    }
    this.flush();
    return this.#write(chunk);
  }

  /** Lets nothing wait any longer for what follows it. */
  flush(): void {
    const { response } = this.exchange;
    const first = this.#first;
    this.#first = undefined;
    if (this.#isFlushed || response.writableEnded || response.destroyed) return;
    this.#isFlushed = true;
    if (first === undefined) response.flushHeaders();
    else this.#write(first);
  }

  #write(chunk: Buffer): boolean {
    const { response } = this.exchange;
    if (response.destroyed || response.write(chunk)) return true;
    response.once('drain', () => this.#forwarding?.resume());
    return false;
  }

  onEnd(rawTrailers: readonly string[]): void {
    const { request, response } = this.exchange;
    if (this.#chunked && rawTrailers.length > 0) response.addTrailers(responseTrailers(rawTrailers));
    const last = this.#first;
    this.#first = undefined;
    finishResponse(request, response, last);
  }

  /** Nothing follows. An event stream has no end of its own that could look complete: its client connects again. */
  #endStream(why: StreamEnd): void {
    const { response } = this.exchange;
    this.abort();
    this.flush();
    if (why !== 'draining') return void response.destroy();
    response.end();
    const timer = setTimeout(() => response.destroy(), GOODBYE_MS);
    response.once('close', () => clearTimeout(timer));
  }

  onFailure(failure: UpstreamFailure): void {
    const { response } = this.exchange;
    if (!response.headersSent) return this.onProblem(failure);
    this.flush();
    cutAnswer(response);
  }
}

function isEventStream(raw: readonly string[]): boolean {
  return headerOf(raw, 'content-type')?.toLowerCase().startsWith('text/event-stream') ?? false;
}

function flush(writer: ResponseWriter): void {
  writer.flush();
}
