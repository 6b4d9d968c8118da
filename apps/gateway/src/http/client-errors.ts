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
  const refused = new WeakSet<Socket>();
  return (error: Error & { readonly code?: string }, socket: Socket) => {
    // Nobody is there any more.
    if (error.code === 'ECONNRESET') return void socket.destroy();
    // It has all its answers: they only have to get out.
    if (!socket.writable) return socket.destroySoon();
    // The parser complains of every further byte.
    if (refused.has(socket)) return;
    refused.add(socket);
    const code = CODES[error.code ?? ''] ?? 'ERR_BAD_REQUEST';
    refuseInTurn(socket, { code, detail: DETAILS[code] ?? 'This is not well-formed HTTP/1.1.' }, gatewayId);
  };
}

/** Whether an answer is under way on a connection. */
export function isAnswering(socket: HttpSocket): boolean {
  return socket._httpMessage !== undefined && socket._httpMessage !== null;
}

/**
 * Answers what never became a request with a problem document, and closes. Answers to earlier requests of the same
 * connection come first (RFC 9112 9.3.2): written before them it would be taken for the answer to one of them.
 */
export function refuseInTurn(socket: HttpSocket, problem: GatewayProblem, gatewayId: string): void {
  const response = socket._httpMessage;
  if (response?.req.complete) {
    response.once('finish', () => {
      if (socket.writable) refuseInTurn(socket, problem, gatewayId);
    });
  } else if (response && (isLingering(response) || response.writableEnded)) {
    // The rest of its body is what is malformed, and it has its answer already.
    response.end();
    socket.destroySoon();
  } else if (response?.headersSent) {
    // Half an answer: a second head in its midst would be taken for its body.
    socket.destroy();
  } else {
    writeProblem(socket, problem, gatewayId);
  }
}

/** Writes a problem document to a bare socket and closes it. */
function writeProblem(socket: Socket, problem: GatewayProblem, gatewayId: string): void {
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
