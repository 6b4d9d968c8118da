import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Member } from '@holdfast/balancer-core';

/** A service instance made of a plain HTTP server on a free port. */
export class Upstream {
  /** Requests that got here, probes left out. */
  readonly requests: IncomingMessage[] = [];
  /** Answers; change it at any time. */
  respond: RequestListener;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #startedAt = Date.now();

  private constructor(
    readonly id: string,
    respond: RequestListener,
  ) {
    this.respond = respond;
    this.#server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
      if (request.url === '/readyz') return void response.end('{}');
      this.requests.push(request);
      this.respond(request, response);
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(id: string, respond: RequestListener = sayId(id)): Promise<Upstream> {
    const upstream = new Upstream(id, respond);
    await new Promise<void>((resolve) => upstream.#server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  /** Answers WebSocket handshakes from now on. */
  onUpgrade(listener: (request: IncomingMessage, socket: Socket, head: Buffer) => void): void {
    this.#server.removeAllListeners('upgrade').on('upgrade', listener);
  }

  member(overrides: Partial<Member> = {}): Member {
    const { port } = this.#server.address() as AddressInfo;
    const service = this.id.replace(/-\d+$/, '');
    const url = `http://127.0.0.1:${port}`;
    return { id: this.id, service, url, state: 'ready', pid: 1, startedAt: this.#startedAt, ...overrides };
  }

  /** Nobody listens any more, and what is under way is reset: as after kill -9. */
  async kill(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.reset();
    await closed;
  }

  /** Resets all connections. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async stop(): Promise<void> {
    if (this.#server.listening) await this.kill();
  }
}

/** Answers with the instance's id as JSON, once the body has come. */
export function sayId(id: string): RequestListener {
  return (request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    request.on('end', () => {
      const { method, url, headers } = request;
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ id, method, url, headers, bytes }));
    });
  };
}
