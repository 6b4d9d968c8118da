import { readOrExit } from '@holdfast/service-defaults';
import { readConfig } from './config.js';
import { runWorker } from './worker/run-worker.js';

const config = readOrExit(readConfig);
await runWorker(config, config.INSTANCE_ID ?? 'gateway-1');
