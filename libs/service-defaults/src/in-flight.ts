import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 10;

/** Counts the requests under way on an HTTP server, hijacked and streaming ones included. */
export class InFlight {
  #count = 0;
  #changedAt = 0;

  constructor(server: Server) {
    server.on('request', (_request: IncomingMessage, response: ServerResponse) => {
      this.#move(1);
      response.once('close', () => this.#move(-1));
    });
  }

  get count(): number {
    return this.#count;
  }

  /** Resolves once nothing was under way for `quietMs`, with `true`, or after `withinMs`, with `false`. */
  async quiet(quietMs: number, withinMs: number): Promise<boolean> {
    const giveUpAt = performance.now() + withinMs;
    const startedAt = performance.now();
    for (;;) {
      const now = performance.now();
      if (this.#count === 0 && now - Math.max(this.#changedAt, startedAt) >= quietMs) return true;
      if (now >= giveUpAt) return false;
      await sleep(POLL_MS);
    }
  }

  #move(by: number): void {
    this.#count += by;
    this.#changedAt = performance.now();
  }
}
