import ioredis, { type RedisOptions } from 'ioredis';

const RECONNECT_AFTER_MS = 50;

/** Options of a connection that answers in the shapes of RESP2, whatever it speaks. */
export type ConnectionOptions = RedisOptions & { readonly replyMapping?: 'legacy' };

/**
 * ioredis ends for good when a switch of primaries catches it while it connects. This one connects
 * again unless its owner closed it (`disconnect()` or `quit()`). Nor is a subscription that cannot be renewed the end
 * of the process.
 */
export class SupervisedRedis extends ioredis.Redis {
  #closedByOwner = false;
  #reconnect: NodeJS.Timeout | undefined;

  constructor(...args: [options: ConnectionOptions] | [url: string, options: ConnectionOptions]) {
    super(...(args as [string, ConnectionOptions])); // either overload; TypeScript takes no union of them
    // Without a listener ioredis prints every refused connection to stderr.
    this.on('error', () => undefined);
    this.on('end', () => this.#revive());
  }

  override disconnect(reconnect = false): void {
    if (!reconnect) this.#close();
    super.disconnect(reconnect);
  }

  override sendCommand(...args: Parameters<InstanceType<typeof ioredis.Redis>['sendCommand']>): unknown {
    const [command] = args;
    if (command.name === 'quit') this.#close();
    // ioredis subscribes again after a reconnect, and hears of no failure of that: it would be the end of the process.
    const answer = super.sendCommand(...args);
    if (command.name === 'subscribe' && answer instanceof Promise) answer.catch(() => undefined);
    return answer;
  }

  #close(): void {
    this.#closedByOwner = true;
    clearTimeout(this.#reconnect);
  }

  #revive(): void {
    if (this.#closedByOwner) return;
    this.#reconnect = setTimeout(() => {
      this.connect().catch(() => undefined); // a failure ends in `end` again, and comes back here
    }, RECONNECT_AFTER_MS);
  }
}
