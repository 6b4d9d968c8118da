import { IncomingMessage } from 'node:http';
import { namedByConnection } from '../proxy/hop-by-hop.js';

/**
 * A request as the front door gets it. Node takes every request that asks for another protocol out of HTTP as soon as
 * somebody listens for upgrades; here only a WebSocket's handshake leaves, and any other `Upgrade` is ignored, as
 * RFC 9110 7.8 allows.
 */
export class DoorRequest extends IncomingMessage {
  // No initialiser: Node's constructor sets it before ours would run.
  declare private asked: boolean | null;

  /** Asked by Node when the head is complete: `true` ends HTTP on this connection. */
  get upgrade(): boolean {
    return this.asked === true && (this.method === 'CONNECT' || isHandshake(this));
  }

  set upgrade(asked: boolean | null) {
    this.asked = asked;
  }

  get ignoresUpgrade(): boolean {
    return this.asked === true && !this.upgrade;
  }
}

/** Whether a request asks for a WebSocket and has passed as such: the connection is no longer HTTP's. */
export function isWebSocket(request: IncomingMessage): boolean {
  return request instanceof DoorRequest && request.upgrade && request.method !== 'CONNECT';
}

/** Whether another protocol was asked for, and is not spoken. Node loses what follows such a request in its packet. */
export function ignoresUpgrade(request: IncomingMessage): boolean {
  return request instanceof DoorRequest && request.ignoresUpgrade;
}

/** RFC 6455 4.1: a GET of HTTP/1.1 without a body, whose `Connection` names the upgrade. */
function isHandshake({ method, httpVersionMinor, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    httpVersionMinor === 1 &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    namedByConnection(headers.connection ?? '')?.has('upgrade') === true
  );
}
