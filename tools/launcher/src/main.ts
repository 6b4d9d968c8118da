import { fileURLToPath } from 'node:url';
import { runCli } from './cli.js';
import { repositoryPrograms } from './launch.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const startedAt = Number(process.env['HOLDFAST_STARTED_AT'] ?? Date.now());

process.exit(await runCli(process.argv.slice(2), repositoryPrograms(root), startedAt));
