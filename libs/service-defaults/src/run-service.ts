import { createService, type ServiceOptions } from './create-service.js';
import type { ServiceConfig } from './environment.js';
import type { Logger } from './logging/logger.js';

/**
 * Runs a service for the life of its process: starts it, tells a parent over IPC (`{ type: 'ready', id, port }`),
 * drains on SIGTERM, SIGINT or a lost parent and exits 0. A second signal exits 1 at once; so does a fault that
 * nobody handled, after it was logged.
 */
export async function runService<C extends ServiceConfig>(options: ServiceOptions<C>): Promise<void> {
  const service = await createService(options);
  crashLoudly(service.logger);
  const stop = stopOnce(() => service.drain(), service.logger);
  process.on('SIGTERM', stop).on('SIGINT', stop);
  // With a channel its end means that the parent is gone; nobody else would end this process.
  process.once('disconnect', () => stop('disconnect'));
  process.send?.({ type: 'ready', id: service.id, port: service.port });
}

function stopOnce(drain: () => Promise<void>, logger: Logger): (reason: string) => void {
  let stopping = false;
  return (reason) => {
    if (stopping) {
      // The parent's end and a signal often come together: only a second signal means "now".
      if (reason !== 'disconnect') process.exit(1);
      return;
    }
    stopping = true;
    logger.info({ reason }, 'draining');
    drain().then(
      () => process.exit(0),
      (err: unknown) => {
        logger.fatal({ err }, 'drain failed');
        process.exit(1);
      },
    );
  };
}

function crashLoudly(logger: Logger): void {
  process.on('uncaughtException', (err) => {
    logger.fatal({ err }, 'uncaught exception');
    process.exit(1);
  });
}
