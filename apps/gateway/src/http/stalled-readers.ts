import type { ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';

/** An answer, as far as it matters here. */
export interface ReadAnswer extends Pick<ServerResponse, 'writableLength'> {
  readonly socket: Pick<Socket, 'bytesWritten' | 'writableLength'> | null;
}

/**
 * Cuts clients that take nothing of the answer that waits for them: it holds a connection to the service, of which there
 * are only so many, and memory here. Who reads slowly goes on.
 */
export class StalledReaders<Answer extends ReadAnswer> {
  /** How much of it the system had taken at the last look, of each answer that waited then. */
  #taken = new Map<Answer, number>();

  constructor(
    private readonly answers: () => Iterable<Answer>,
    private readonly cut: (answer: Answer) => void,
  ) {}

  /** Cuts those whose answers have waited since the last look without moving. */
  look(): void {
    const before = this.#taken;
    this.#taken = new Map();
    for (const answer of this.answers()) {
      const { socket } = answer;
      // It is out, or waits for nobody.
      if (socket === null || answer.writableLength === 0) continue;
      const taken = socket.bytesWritten - socket.writableLength;
      if (before.get(answer) === taken) this.cut(answer);
      else this.#taken.set(answer, taken);
    }
  }

  /** Looks at intervals for as long as a server listens. */
  watch(server: Server, everyMs: number): void {
    let timer: NodeJS.Timeout | undefined;
    server.on('listening', () => (timer = setInterval(() => this.look(), everyMs).unref()));
    server.on('close', () => clearInterval(timer));
  }
}
