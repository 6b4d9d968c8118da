import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { InFlight } from './in-flight.js';
import { Membership } from './membership.js';

/** How long the registry's readers have to hear of it while everything is served as before. */
const LINGER_MS = 300;
/** Without a request for this long, nobody is on the way any more. */
const QUIET_MS = 100;

/**
 * Ends an application without losing a request: not ready and `draining` in the registry → serve on for 300 ms →
 * `Connection: close` on each answer → until nothing is under way → withdraw → close HTTP, then Redis and Postgres
 * (Nest's `onApplicationShutdown`). Past the deadline what is left is cut.
 */
export class Drain {
  readonly #inFlight: InFlight;
  #closing = false;
  #run: Promise<void> | undefined;

  /** Before `listen`: it counts requests from the first on. */
  constructor(
    private readonly app: NestFastifyApplication,
    private readonly deadlineMs: number,
  ) {
    this.#inFlight = new InFlight(app.getHttpServer());
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onSend', async (_request, reply) => {
        if (this.#closing) reply.header('connection', 'close');
      });
  }

  /** Repeated calls wait for the first. */
  run(): Promise<void> {
    this.#run ??= this.#drain();
    return this.#run;
  }

  async #drain(): Promise<void> {
    const membership = this.app.get(Membership, { strict: false });
    const startedAt = performance.now();
    await membership.drain();
    await sleep(LINGER_MS);
    this.#closing = true;
    await this.#inFlight.quiet(QUIET_MS, Math.max(0, this.deadlineMs - (performance.now() - startedAt)));
    await membership.leave();
    const cut = setTimeout(() => this.app.getHttpServer().closeAllConnections(), QUIET_MS);
    await this.app.close();
    clearTimeout(cut);
  }
}
