import { fileURLToPath } from 'node:url';
import { migrateDatabase } from '@holdfast/postgres';
import { readOrExit } from '@holdfast/service-defaults';
import { readDatabaseUrl } from './config.js';

await migrateDatabase(readOrExit(readDatabaseUrl), fileURLToPath(new URL('../migrations', import.meta.url)));
