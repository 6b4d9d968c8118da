import { fileURLToPath } from 'node:url';
import { createLogger } from '@holdfast/service-defaults';
import type { GatewayConfig } from '../config.js';
import { EventLog } from './event-log.js';
import { parentControl } from './parent-control.js';
import { Supervisor } from './supervisor.js';
import { Switchboard } from './switchboard.js';

/**
 * Runs the gateway for the life of this process: tells a parent over IPC of each worker that listens
 * (`{ type: 'ready', id, pid, port }`), drains all on SIGTERM, SIGINT or a lost parent and exits 0. A second signal
 * ends everything at once.
 */
export function runSupervisor(config: GatewayConfig): void {
  const logger = createLogger({ service: 'gateway', instance: 'gateway', level: config.LOG_LEVEL });
  const supervisor = new Supervisor({
    exec: fileURLToPath(new URL('../worker-main.js', import.meta.url)),
    workers: config.GATEWAY_WORKERS,
    restartDelayMs: config.RESTART_DELAY_MS,
    logger,
    switchboard: new Switchboard(new EventLog(), config.FLEET_CONTROL && parentControl()),
    onReady: (worker) => process.send?.({ type: 'ready', ...worker }),
    onHopeless: (reason) => {
      logger.fatal({ reason }, 'the gateway cannot start');
      supervisor.kill();
      process.exit(1);
    },
  });
  let stopping = false;
  const stop = (reason: string) => {
    if (stopping && reason !== 'disconnect') {
      supervisor.kill();
      process.exit(1);
    }
    stopping = true;
    void supervisor.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  process.once('disconnect', () => stop('disconnect'));
  supervisor.start();
}
