import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { StreamEnd } from '../streams/open-streams.js';
import { closeFrame, FrameBoundary } from './web-socket-frames.js';

/** What a handshake's key is hashed with (RFC 6455 1.3). */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** How long a client has to take note of a close frame. */
const GOODBYE_MS = 1_000;
const PROBE_AFTER_MS = 60_000;

/** Close codes (RFC 6455 7.4.1) and what is said with them. */
const FAREWELLS: Readonly<Record<StreamEnd, readonly [code: number, reason: string]>> = {
  'session-over': [1008, 'the session has ended'],
  'token-expired': [1008, 'the access token has expired'],
  unconfirmed: [1013, 'the session cannot be confirmed'],
  draining: [1001, 'going away'],
};

/** Whether `Sec-WebSocket-Accept` is the answer to this handshake: whoever made it has understood that it is one. */
export function answersHandshake(key: string | undefined, accept: string | undefined): boolean {
  return accept === createHash('sha1').update(`${key}${GUID}`).digest('base64');
}

/** The head of a 101. @param headers - flat, without those of the connection */
export function switchingProtocols(headers: readonly string[]): string {
  const lines = [`HTTP/1.1 101 ${STATUS_CODES[101]}`, 'connection: Upgrade', 'upgrade: websocket'];
  for (let index = 0; index + 1 < headers.length; index += 2)
    lines.push(`${headers[index]}: ${headers[index + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/**
 * The two ends of a WebSocket, joined: bytes pass as they are, no faster than either end reads. Where one end closes so
 * does the other.
 */
export class WebSocketTunnel {
  readonly #toClient = new FrameBoundary();
  readonly #toService = new FrameBoundary();
  #isOpen = true;

  /** @param onMessage - called as often as the client sends something, pings and pongs left out */
  constructor(
    private readonly client: Socket,
    private readonly service: Duplex,
    onMessage: () => void,
  ) {
    // A client that has vanished says nothing, and nobody else asks after it.
    client.setKeepAlive(true, PROBE_AFTER_MS);
    this.#join(service, client, (chunk) => void this.#toClient.pass(chunk));
    this.#join(client, service, (chunk) => {
      if (this.#toService.pass(chunk)) onMessage();
    });
    client.once('end', () => service.end()).once('close', () => service.destroy());
    service.once('close', () => {
      if (this.#isOpen) client.destroySoon();
    });
  }

  /** Nothing passes any more when this returns. The client is told why, where that is not in the midst of something. */
  close(why: StreamEnd): void {
    const { client, service } = this;
    this.#isOpen = false;
    service.destroy();
    const canWait = why === 'draining' || client.writableLength === 0;
    if (!canWait || !this.#toClient.isBetweenFrames) return void client.destroy();
    client.end(closeFrame(...FAREWELLS[why]));
    const timer = setTimeout(() => client.destroy(), GOODBYE_MS);
    client.once('end', () => client.destroy()).once('close', () => clearTimeout(timer));
  }

  #join(from: Duplex, to: Duplex, pass: (chunk: Buffer) => void): void {
    from.on('data', (chunk: Buffer) => {
      if (!this.#isOpen) return;
      pass(chunk);
      if (to.write(chunk)) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
    from.resume();
  }
}
