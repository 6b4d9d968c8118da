import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '@holdfast/contracts';
import { isLingering } from '../proxy/finish-response.js';
import { renderProblem, type GatewayProblem } from './send-problem.js';

const CODES: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'ERR_HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'ERR_REQUEST_TIMEOUT',
};

const DETAILS: Readonly<Partial<Record<ErrorCode, string>>> = {
  ERR_HEADERS_TOO_LARGE: 'The headers are larger than 16 KiB.',
  ERR_REQUEST_TIMEOUT: 'The request did not arrive in time.',
};

/** A socket knows the response that is being written to it; Node's own handler looks there too. */
type HttpSocket = Socket & { readonly _httpMessage?: ServerResponse | null };

/** Answers what Node's parser refuses (malformed, too large, too slow) with a problem document, and closes. */
export function clientErrorWriter(gatewayId: string): (error: Error, socket: Socket) => void {
  return (error: Error & { readonly code?: string }, socket: HttpSocket) => {
    const response = socket._httpMessage;
    if (response && isLingering(response)) {
      // It has its answer already; what it sends after that need not be well-formed.
      response.end();
      socket.destroySoon();
      return;
    }
    // Nobody is there any more, or an answer is under way: a second one in its midst would be taken for the next.
    if (error.code === 'ECONNRESET' || !socket.writable || response?.headersSent) {
      socket.destroy();
      return;
    }
    const code = CODES[error.code ?? ''] ?? 'ERR_BAD_REQUEST';
    writeProblem(socket, { code, detail: DETAILS[code] ?? 'This is not well-formed HTTP/1.1.' }, gatewayId);
  };
}

/** Writes a problem document to a bare socket and closes it. */
export function writeProblem(socket: Socket, problem: GatewayProblem, gatewayId: string): void {
  const ours = { requestId: randomUUID(), gatewayId, servedBy: gatewayId, retries: 0 };
  const { status, headers, body } = renderProblem(problem, ours);
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`];
  for (let index = 0; index + 1 < headers.length; index += 2)
    lines.push(`${headers[index]}: ${headers[index + 1]}`);
  socket.on('error', () => socket.destroy());
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\nconnection: close\r\n\r\n`), body]), () =>
    socket.destroy(),
  );
}
