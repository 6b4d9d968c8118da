import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A bare connection: sends bytes as they are and keeps what comes. */
export class RawConnection {
  received = Buffer.alloc(0);
  closed = false;
  error: string | undefined;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => (this.received = Buffer.concat([this.received, chunk])));
    socket.on('close', () => (this.closed = true));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.error = error.code));
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    return new RawConnection(socket);
  }

  get text(): string {
    return this.received.toString('latin1');
  }

  send(data: string | Buffer): this {
    this.socket.write(data);
    return this;
  }

  async until(holds: () => boolean, withinMs = 4_000): Promise<this> {
    const startedAt = performance.now();
    while (!holds()) {
      if (performance.now() - startedAt > withinMs)
        throw new Error(`not within ${withinMs} ms; got: ${this.text}`);
      await sleep(2);
    }
    return this;
  }

  untilClosed(): Promise<this> {
    return this.until(() => this.closed);
  }
}

/** Sends one raw request and returns all that came until the connection closed. */
export async function sendRaw(port: number, request: string): Promise<string> {
  const connection = await RawConnection.open(port);
  await connection.send(request).untilClosed();
  return connection.text;
}

/** Lines of a request head with CRLF. `Connection: close` is not added. */
export function head(...lines: string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}
