import type { ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';

/**
 * Breaks an answer off, so that it does not look complete: to a client of HTTP/1.0, which reads to the end of the
 * connection, only a reset says so, which TLS cannot send and does not need, for it says where a connection ends.
 *
 * @param resets - whether it resets anyway: then the system does not keep either what nobody takes. Default: it need not
 */
export function cutAnswer(response: ServerResponse, resets = false): void {
  const { req, socket, writableEnded } = response;
  const wantsReset = resets || req.httpVersionMinor === 0;
  // Node 20 never lets go of a socket that is reset while it ends.
  if (wantsReset && !writableEnded && !(socket instanceof TLSSocket)) socket?.resetAndDestroy();
  else response.destroy();
}
