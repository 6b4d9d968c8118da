import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, problemDocument, type ErrorCode, type ProblemExtensions } from '@holdfast/contracts';
import { securityHeaders } from '@holdfast/service-defaults';
import { finishResponse, isBodyPending } from '../proxy/finish-response.js';
import { gatewayHeaders, type GatewayHeaders } from '../proxy/response-headers.js';

/** An error that the gateway answers itself. */
export interface GatewayProblem {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
  readonly allow?: readonly string[];
  /** Members of the document besides the usual ones. */
  readonly members?: ProblemExtensions;
  /** Headers besides the usual ones, flat. */
  readonly headers?: readonly string[];
}

const SECURITY_HEADERS: readonly string[] = securityHeaders().flat();

/** Head and body of a problem document. */
export function renderProblem(
  { code, detail, retryAfterSeconds, allow, members, headers: more = [] }: GatewayProblem,
  ours: GatewayHeaders,
): { readonly status: number; readonly headers: string[]; readonly body: Buffer } {
  const body = Buffer.from(JSON.stringify(problemDocument(code, detail, ours.requestId, members)));
  const headers = [
    'content-type',
    'application/problem+json; charset=utf-8',
    'content-length',
    String(body.length),
  ];
  headers.push('cache-control', 'no-store', ...SECURITY_HEADERS, ...gatewayHeaders(ours), ...more);
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
