import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, problemDocument, type ErrorCode } from '@holdfast/contracts';
import { finishResponse, isBodyPending } from '../proxy/finish-response.js';
import { gatewayHeaders, type GatewayHeaders } from '../proxy/response-headers.js';

/** An error that the gateway answers itself. */
export interface GatewayProblem {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
  readonly allow?: readonly string[];
}

/** Head and body of a problem document. */
export function renderProblem(
  { code, detail, retryAfterSeconds, allow }: GatewayProblem,
  ours: GatewayHeaders,
): { readonly status: number; readonly headers: string[]; readonly body: Buffer } {
  const body = Buffer.from(JSON.stringify(problemDocument(code, detail, ours.requestId)));
  const headers = [
    'content-type',
    'application/problem+json; charset=utf-8',
    'content-length',
    String(body.length),
  ];
  headers.push('cache-control', 'no-store', ...gatewayHeaders(ours));
  if (retryAfterSeconds !== undefined) headers.push('retry-after', String(retryAfterSeconds));
  if (allow !== undefined) headers.push('allow', allow.join(', '));
  return { status: ERRORS[code].status, headers, body };
}

/** Answers a request with a problem document. Too late for that (the head is out), it cuts the connection instead. */
export function sendProblem(
  request: IncomingMessage,
  response: ServerResponse,
  problem: GatewayProblem,
  ours: GatewayHeaders,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, headers, body } = renderProblem(problem, ours);
  if (isBodyPending(request)) response.shouldKeepAlive = false;
  response.writeHead(status, headers);
  if (request.method !== 'HEAD') response.write(body);
  finishResponse(request, response);
}
