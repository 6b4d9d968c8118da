import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasBody } from './request-body.js';

/** How long a client may go on sending after it has its answer. */
const LINGER_MS = 1_000;
/** What is left of a body up to so many bytes goes out as one piece with its head, which costs the system less than two. */
const ONE_PIECE_BYTES = 8 * 1024;

const lingering = new WeakSet<ServerResponse>();

/** Whether a response is written, and only kept open for what the client still sends. */
export function isLingering(response: ServerResponse): boolean {
  return lingering.has(response);
}

/** Whether the client is still sending its body. */
export function isBodyPending(request: IncomingMessage): boolean {
  return hasBody(request) && !request.complete;
}

/**
 * Ends a response. If the client is still sending, what it sends is read and thrown away for a while first: closing
 * a connection with unread bytes resets it, and a reset takes the answer from a client that has not read it yet.
 *
 * @param last - what is left of the body. Default: nothing
 */
export function finishResponse(request: IncomingMessage, response: ServerResponse, last?: Buffer): void {
  if (!isBodyPending(request)) {
    // Node joins a head with a string, not with a buffer; Latin-1 keeps its bytes.
    if (last && last.length <= ONE_PIECE_BYTES) response.end(last.toString('latin1'), 'latin1');
    else response.end(last);
    return;
  }
  if (last) response.write(last);
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  lingering.add(response);
  const timer = setTimeout(end, LINGER_MS);
  request.once('end', end).once('close', end).once('error', end).resume();
}
