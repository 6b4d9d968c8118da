import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket, WebSocketServer, type ClientOptions } from 'ws';
import type { Upstream } from './upstream.js';

/** Makes an instance of a service one that echoes what WebSockets say. Answers its end of each. */
export function echoOn(upstream: Upstream): WebSocket[] {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  const sockets: WebSocket[] = [];
  upstream.onUpgrade((request, socket, head) => {
    upstream.requests.push(request);
    server.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.push(webSocket);
      webSocket.on('error', () => undefined);
      webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }));
    });
  });
  return sockets;
}

/** Accepts a handshake, and says nothing. */
export function acceptor(request: IncomingMessage, socket: Socket, head: Buffer): void {
  new WebSocketServer({ noServer: true }).handleUpgrade(request, socket, head, () => undefined);
}

/** What became of a WebSocket that was not opened. */
export interface Refused {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Record<string, unknown>;
}

/** A browser's or a program's WebSocket. */
export class Client {
  readonly messages: string[] = [];
  /** Headers of the 101. */
  headers: Refused['headers'] = {};
  readonly closed: Promise<readonly [code: number, reason: string]>;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.messages.push((data as Buffer).toString()));
    socket.on('error', () => undefined);
    socket.on('upgrade', ({ headers }) => (this.headers = headers));
    this.closed = new Promise((resolve) =>
      socket.on('close', (code, reason) => resolve([code, reason.toString()])),
    );
  }

  /** Opens one; a `Refused` where the answer was no WebSocket. */
  static async open(url: string, options: ClientOptions = {}): Promise<Client | Refused> {
    const client = new Client(new WebSocket(url.replace(/^http/, 'ws'), options));
    const refused = new Promise<Refused>((resolve) => {
      client.socket.on('unexpected-response', (_request, answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('close', () => {
          const isJson = /json/.test(answer.headers['content-type'] ?? '');
          const body = (isJson ? JSON.parse(text) : { text }) as Record<string, unknown>;
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
        });
      });
    });
    return Promise.race([once(client.socket, 'open').then(() => client), refused]);
  }

  /** As `open`, for one that must open. */
  static async opened(url: string, options?: ClientOptions): Promise<Client> {
    const client = await Client.open(url, options);
    if (client instanceof Client) return client;
    throw new Error(`refused: ${client.status} ${JSON.stringify(client.body)}`);
  }

  /** Says something and waits for the echo. */
  async echo(text: string): Promise<string> {
    const answer = once(this.socket, 'message');
    this.socket.send(text);
    const [data] = (await answer) as [Buffer];
    return data.toString();
  }
}
