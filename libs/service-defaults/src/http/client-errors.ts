import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { ERRORS, problemDocument, type ErrorCode } from '@holdfast/contracts';

const CODES = new Map<string | undefined, ErrorCode>([
  ['HPE_HEADER_OVERFLOW', 'ERR_HEADERS_TOO_LARGE'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'ERR_REQUEST_TIMEOUT'],
]);

/** Answers what never became a request (malformed, too slow, too many headers) with a problem document, and closes. */
export function clientErrorHandler(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = CODES.get(error.code) ?? 'ERR_BAD_REQUEST';
  const { status, title, remedy } = ERRORS[code];
  const requestId = randomUUID();
  const body = JSON.stringify(problemDocument(code, remedy, requestId));
  socket.end(
    [
      `HTTP/1.1 ${status} ${title}`,
      'content-type: application/problem+json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${requestId}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
