import { connect, type Socket } from 'node:net';

/** The status and the length of one HTTP/1.1 answer that has come whole; `undefined` as long as it has not. */
export function answerIn(received: Buffer): { readonly status: number; readonly length: number } | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = received.toString('latin1', 0, headEnd);
  const body = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  const length = headEnd + 4 + body;
  return received.length < length ? undefined : { status: Number(head.slice(9, 12)), length };
}

/** A server that is silent for longer will stay so. */
const SILENCE_MS = 10_000;

/**
 * One connection that carries one request at a time. Written by hand: a client library takes more processor time than
 * the servers that are measured.
 */
export class Lane {
  readonly #socket: Socket;
  #received: Buffer | undefined;
  #settle: { resolve: (status: number) => void; reject: (error: Error) => void } | undefined;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.setTimeout(SILENCE_MS, () => this.#socket.destroy(new Error('No answer came.')));
    this.#socket.on('error', (error) => this.#settle?.reject(error));
    this.#socket.on('close', () => this.#settle?.reject(new Error('The server closed the connection.')));
  }

  /** Sends a request; answers with the status once the answer has come whole. */
  ask(request: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(request, (error) => error && reject(error));
    });
  }

  close(): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received === undefined ? chunk : Buffer.concat([this.#received, chunk]);
    const answer = answerIn(this.#received);
    if (answer === undefined) return;
    this.#received = undefined;
    this.#settle?.resolve(answer.status);
  }
}

/** A request in bytes; `credential` is a header line or empty. */
export function requestOf(method: 'GET' | 'POST', path: string, credential: string): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Accept: application/json'];
  if (method === 'POST') lines.push('Content-Length: 0');
  if (credential !== '') lines.push(credential);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}
