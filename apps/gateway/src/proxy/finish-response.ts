import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasBody } from './request-body.js';

/** How long a client may go on sending after it has its answer. */
const LINGER_MS = 1_000;

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
 */
export function finishResponse(request: IncomingMessage, response: ServerResponse): void {
  if (!isBodyPending(request)) {
    response.end();
    return;
  }
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  lingering.add(response);
  const timer = setTimeout(end, LINGER_MS);
  request.once('end', end).once('close', end).once('error', end).resume();
}
