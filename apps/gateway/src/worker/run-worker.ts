import cluster from 'node:cluster';
import type { GatewayConfig } from '../config.js';
import type { SupervisorMessage, WorkerMessage } from '../supervisor/messages.js';
import { createGateway, type RunningGateway } from './create-gateway.js';
import { loneLink, processLink } from './supervisor-link.js';

/**
 * Runs one worker for the life of its process. Drains when the supervisor says so, when it is gone, or on a signal of
 * its own; a second signal exits at once.
 */
export async function runWorker(config: GatewayConfig, id: string): Promise<void> {
  // Otherwise Node ends a worker on the spot when its supervisor dies.
  if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
  // From the beginning: it may be told before it is ready.
  const told = new Promise<void>((resolve) => {
    process.on('message', ({ type }: SupervisorMessage) => void (type === 'drain' && resolve()));
  });
  const link = cluster.worker ? processLink() : loneLink(id);
  const gateway = await createGateway(config, id, { link }).catch((error: unknown) => giveUp(error));
  process.on('uncaughtException', (err) => {
    gateway.logger.fatal({ err }, 'uncaught exception');
    process.exit(1);
  });
  const stop = stopOnce(gateway);
  let signals = 0;
  const onSignal = (signal: string) => {
    // Ctrl+C reaches the whole group: what the supervisor says of the same event is no second signal.
    if (++signals > 1) process.exit(1);
    stop(signal);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  void told.then(() => stop('supervisor'));
  process.once('disconnect', () => stop('disconnect'));
  send({ type: 'ready', id, port: gateway.port });
}

function stopOnce({ drain, logger }: RunningGateway): (reason: string) => void {
  let stopping = false;
  return (reason) => {
    if (stopping) return;
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

/** The supervisor prints it: it knows whether this was the first start. */
async function giveUp(error: unknown): Promise<never> {
  const reason = error instanceof Error ? error.message : 'unknown';
  await new Promise<void>((resolve) => {
    if (process.send) process.send({ type: 'failed', reason } satisfies WorkerMessage, () => resolve());
    else resolve();
  });
  process.exit(1);
}

function send(message: WorkerMessage): void {
  process.send?.(message);
}
