import { readConfig } from './config.js';
import { runSupervisor } from './supervisor/run-supervisor.js';

runSupervisor(readConfig());
