import { readConfig } from './config.js';
import { runWorker } from './worker/run-worker.js';

const config = readConfig();
await runWorker(config, config.INSTANCE_ID ?? 'gateway-1');
