import { readOrExit } from '@holdfast/service-defaults';
import { readConfig } from './config.js';
import { runSupervisor } from './supervisor/run-supervisor.js';

runSupervisor(readOrExit(readConfig));
