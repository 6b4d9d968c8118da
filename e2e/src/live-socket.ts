import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { eventually } from './fleet.js';

/** A client's WebSocket: keeps what came, and knows how it was closed. */
export class LiveSocket {
  readonly messages: string[] = [];
  readonly closed: Promise<readonly [code: number, reason: string]>;
  /** The worker that it goes through. */
  gateway = '';

  private constructor(private readonly socket: WebSocket) {
    socket.on('error', () => undefined);
    socket.on('message', (data) => this.messages.push((data as Buffer).toString()));
    socket.on('upgrade', ({ headers }: IncomingMessage) => (this.gateway = String(headers['x-gateway'])));
    this.closed = new Promise((resolve) =>
      socket.once('close', (code, reason) => resolve([code, reason.toString()])),
    );
  }

  /** Opens one over a connection of its own; rejects where the answer is no WebSocket. */
  static async open(baseUrl: string, headers: Readonly<Record<string, string>>): Promise<LiveSocket> {
    const socket = new WebSocket(`${baseUrl.replace(/^http/, 'ws')}/live`, { headers });
    const live = new LiveSocket(socket);
    await once(socket, 'open');
    return live;
  }

  /** Says something, and waits for the echo. */
  async echo(text: string): Promise<true> {
    this.socket.send(text);
    return eventually(async () => this.messages.includes(text) || undefined);
  }

  /** Leaves. */
  close(): void {
    this.socket.terminate();
  }
}
