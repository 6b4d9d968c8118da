import type { ServerResponse } from 'node:http';
import { Bag } from '@holdfast/balancer-core';

/** The requests that this worker holds. Once `closeAfterAnswer` was called, each answer closes its connection. */
export class RequestsInFlight {
  readonly #responses = new Bag<ServerResponse>();
  #closing = false;
  #onIdle: (() => void) | undefined;
  /** Hears of each request that is over, and how long it took in milliseconds. Default: nobody. */
  onAnswered: (response: ServerResponse, tookMs: number) => void = () => undefined;

  get count(): number {
    return this.#responses.size;
  }

  /** Those that are held at this moment. */
  get responses(): readonly ServerResponse[] {
    return this.#responses.values();
  }

  add(response: ServerResponse): void {
    const place = this.#responses.add(response);
    if (this.#closing) response.shouldKeepAlive = false;
    const startedAt = performance.now();
    response.on('close', () => {
      this.#responses.remove(place);
      this.onAnswered(response, performance.now() - startedAt);
      if (this.#responses.size === 0) this.#onIdle?.();
    });
  }

  /** From now on each answer says `Connection: close`, those under way included; with `false` none does any more. */
  closeAfterAnswer(closing = true): void {
    this.#closing = closing;
    if (!closing) return;
    for (const response of this.responses) {
      if (!response.headersSent) response.shouldKeepAlive = false;
    }
  }

  /** Settles when no request is left, or after `withinMs`. */
  async idle(withinMs: number): Promise<void> {
    if (this.#responses.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
