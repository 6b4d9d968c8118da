import type { Socket } from 'node:net';
import { ERRORS, problemDocument, type ErrorCode } from '@holdfast/contracts';
import { requestIdFrom } from './request-id.js';
import { securityHeaders } from './security-headers.js';

const CODES = new Map<string | undefined, ErrorCode>([
  ['HPE_HEADER_OVERFLOW', 'ERR_HEADERS_TOO_LARGE'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'ERR_REQUEST_TIMEOUT'],
]);
const REQUEST_ID = /\r\nx-request-id:[ \t]*([\w.-]+)[ \t]*\r\n/i;

/** What Node's parser gives up with. */
interface ParserError extends Error {
  readonly code?: string;
  /** A Buffer; Fastify's types say otherwise. */
  readonly rawPacket?: unknown;
}

/** Answers what never became a request (malformed, too slow, too large headers) with a problem document, and closes. */
export function clientErrorHandler(instanceId: string): (error: ParserError, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(answerOf(error, instanceId));
  };
}

function answerOf({ code: parserCode, rawPacket }: ParserError, instanceId: string): string {
  const code = CODES.get(parserCode) ?? 'ERR_BAD_REQUEST';
  const { status, title, remedy } = ERRORS[code];
  // What was sent of it often has the id under which others know this request.
  const given = Buffer.isBuffer(rawPacket) ? REQUEST_ID.exec(rawPacket.toString('latin1'))?.[1] : undefined;
  const requestId = requestIdFrom({ headers: { 'x-request-id': given } });
  const body = JSON.stringify(problemDocument(code, remedy, requestId));
  return [
    `HTTP/1.1 ${status} ${title}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    `x-served-by: ${instanceId}`,
    'cache-control: no-store',
    ...securityHeaders().map(([name, value]) => `${name}: ${value}`),
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
