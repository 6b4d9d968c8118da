import { createService, type RunningService, type ServiceOptions } from './create-service.js';
import type { ServiceConfig } from './environment.js';
import { createLogger, type Logger } from './logging/logger.js';
import { readOrExit } from './read-or-exit.js';
import { identified } from './service-identity.js';

/** A service and where its configuration comes from. */
export interface RunOptions<C extends ServiceConfig> extends Omit<ServiceOptions<C>, 'config'> {
  /** Called once. Its `ConfigError` ends the process: see `readOrExit`. */
  readonly readConfig: () => C;
}

/** What closing connections may take after the last request. */
const CLOSING_MS = 5_000;

/**
 * Runs a service for the life of its process: starts it, tells a parent over IPC (`{ type: 'ready', id, port }`),
 * drains on SIGTERM, SIGINT or a lost parent and exits 0. A second signal exits 1 at once; so does a start that
 * fails, or a fault that nobody handled, after it was logged.
 */
export async function runService<C extends ServiceConfig>(options: RunOptions<C>): Promise<void> {
  const config = identified(options.name, readOrExit(options.readConfig));
  const { INSTANCE_ID: instance, LOG_LEVEL: level } = config;
  const logger = options.logger ?? createLogger({ service: options.name, instance, level });
  crashLoudly(logger);
  const service = await createService({ ...options, config, logger });
  const stop = stopOnce(service, config.DRAIN_DEADLINE_MS + CLOSING_MS);
  process.on('SIGTERM', stop).on('SIGINT', stop);
  // With a channel its end means that the parent is gone; nobody else would end this process.
  process.once('disconnect', () => stop('disconnect'));
  process.send?.({ type: 'ready', id: service.id, port: service.port });
}

function stopOnce(service: RunningService, withinMs: number): (reason: string) => void {
  let stopping = false;
  return (reason) => {
    // A parent's end and a signal often come together: only a second signal means "now".
    if (stopping && reason !== 'disconnect') process.exit(1);
    if (stopping) return;
    stopping = true;
    service.logger.info({ reason }, 'draining');
    const giveUp = (err: unknown) => {
      service.logger.fatal({ err }, 'drain failed');
      process.exit(1);
    };
    setTimeout(giveUp, withinMs, new Error('The drain took too long.')).unref();
    service.drain().then(() => process.exit(0), giveUp);
  };
}

function crashLoudly(logger: Logger): void {
  process.on('uncaughtException', (err) => {
    logger.fatal({ err }, 'uncaught exception');
    process.exit(1);
  });
}
