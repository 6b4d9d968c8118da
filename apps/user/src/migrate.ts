import { fileURLToPath } from 'node:url';
import { migrateDatabase } from '@holdfast/postgres';
import { readDatabaseUrl } from './config.js';

await migrateDatabase(readDatabaseUrl(), fileURLToPath(new URL('../migrations', import.meta.url)));
