import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Forwarding, UpstreamFailure, UpstreamHead, UpstreamSink } from '@holdfast/balancer-undici';
import type { Admission } from '../credentials/credential-gate.js';
import { explanationOf } from '../platform/explanation.js';
import { finishResponse, isBodyPending } from './finish-response.js';
import { responseHeaders, responseTrailers } from './response-headers.js';

/** One request and its answer, as the proxy sees them. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly gatewayId: string;
  /** What its answer says to pages of other origins, flat. */
  readonly crossOrigin: readonly string[];
}

/** Writes a service's answer to the client, no faster than the client reads. */
export class ResponseWriter implements UpstreamSink {
  #forwarding: Forwarding | undefined;
  #chunked = false;

  constructor(
    private readonly exchange: Exchange,
    private readonly onProblem: (failure: UpstreamFailure) => void,
    private readonly admission: Pick<Admission, 'clearsCookie' | 'onUnauthorized'> = {},
  ) {}

  /** The client's leaving ends the request at the service, its reading on resumes it. */
  follow(forwarding: Forwarding): void {
    this.#forwarding = forwarding;
    const { response } = this.exchange;
    response.once('close', () => {
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
    process.nextTick(flush, response);
  }

  onData(chunk: Buffer): boolean {
    const { response } = this.exchange;
    if (response.destroyed || response.write(chunk)) return true;
    response.once('drain', () => this.#forwarding?.resume());
    return false;
  }

  onEnd(rawTrailers: readonly Buffer[]): void {
    const { request, response } = this.exchange;
    if (this.#chunked && rawTrailers.length > 0) response.addTrailers(responseTrailers(rawTrailers));
    finishResponse(request, response);
  }

  onFailure(failure: UpstreamFailure): void {
    const { response } = this.exchange;
    if (!response.headersSent) return this.onProblem(failure);
    // A truncated answer must not look complete: to a client that reads to the end of the connection only a reset says so.
    // Node 20 never lets go of a socket that is reset while it ends.
    if (response.req.httpVersionMinor === 0 && !response.writableEnded) response.socket?.resetAndDestroy();
    else response.destroy();
  }
}

function flush(response: ServerResponse): void {
  if (!response.writableEnded && !response.destroyed) response.flushHeaders();
}
