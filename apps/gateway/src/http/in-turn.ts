import type { Socket } from 'node:net';
import type { RequestHandler } from './front-door.js';

/** More than any client in use sends before it has an answer. */
const MOST_WAITING = 100;

/**
 * Takes pipelined requests one after the other, each when the answer before its own is out: an unsafe one must not
 * overtake another (RFC 9112 9.3.2), and one small packet would be a hundred requests to the services at once, which go
 * on to be made when their client has left. A connection on which too many wait is closed.
 */
export function inTurn(handler: RequestHandler): RequestHandler {
  const waiting = new WeakMap<Socket, number>();
  return (request, response) => {
    const { socket } = request;
    // Node gives the connection to one response at a time.
    if (response.socket !== null) return handler(request, response);
    const before = waiting.get(socket) ?? 0;
    if (before >= MOST_WAITING) return void socket.destroy();
    waiting.set(socket, before + 1);
    response.once('socket', () => {
      waiting.set(socket, (waiting.get(socket) ?? 1) - 1);
      // Node has not done with giving it when it says so.
      process.nextTick(() => {
        if (!response.destroyed) handler(request, response);
      });
    });
  };
}
