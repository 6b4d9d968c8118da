import type { Redis } from 'ioredis';

/** How long to wait before connecting again after ioredis gave up. */
const RECONNECT_MS = 500;

/**
 * A subscription on a connection of its own: calls back with each message, and without one once it is subscribed. Only a
 * hint: what it misses is missed, so its errors are ignored.
 * ioredis may end a connection for good (its retry strategy gave up); unless we closed it, it is opened again.
 */
export class Nudges {
  readonly #subscriber: Redis;
  #closed = false;

  constructor(redis: Pick<Redis, 'duplicate'>, channel: string, onNudge: (message?: string) => void) {
    this.#subscriber = redis.duplicate({
      lazyConnect: true,
      autoResubscribe: false,
      // A subscriber is silent for hours: timeouts that fit the caller's commands would cut it again and again.
      socketTimeout: undefined,
      commandTimeout: undefined,
    });
    this.#subscriber.on('error', () => undefined);
    this.#subscriber.on('message', (_channel, message) => onNudge(message));
    // Asked again once subscribed: what was published before is missed.
    this.#subscriber.on(
      'ready',
      () =>
        void this.#subscriber.subscribe(channel).then(
          () => onNudge(),
          () => undefined,
        ),
    );
    this.#subscriber.on('end', () => {
      if (!this.#closed) setTimeout(() => this.#connect(), RECONNECT_MS).unref();
    });
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    this.#subscriber.disconnect();
  }

  #connect(): void {
    if (!this.#closed) this.#subscriber.connect().catch(() => undefined);
  }
}
