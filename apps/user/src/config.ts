import { loadConfig, secret, serviceEnvironment } from '@holdfast/service-defaults';
import { z } from 'zod';

const databaseEnvironment = { DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) };
const userEnvironment = z.object({
  ...serviceEnvironment,
  ...databaseEnvironment,
  /** This service asks auth for roles as itself. */
  CLIENT_SECRET: secret('CLIENT_SECRET'),
});

/** The user service's configuration. */
export type UserConfig = Readonly<z.infer<typeof userEnvironment>>;

/** Reads the environment; the only place that does. Throws with all faults together. */
export function readConfig(environment = process.env): UserConfig {
  return loadConfig(userEnvironment, environment);
}

/** All that migrating needs. */
export function readDatabaseUrl(environment = process.env): string {
  return loadConfig(z.object(databaseEnvironment), environment).DATABASE_URL;
}
