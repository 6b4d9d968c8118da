import { loadConfig, serviceEnvironment } from '@holdfast/service-defaults';
import { z } from 'zod';

const databaseEnvironment = { DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) };
const orderEnvironment = z
  .object({ ...serviceEnvironment, ...databaseEnvironment })
  .refine(
    ({ SESSION_STRATEGY, CLIENT_SECRET }) => SESSION_STRATEGY !== 'token' || CLIENT_SECRET !== undefined,
    {
      path: ['CLIENT_SECRET'],
      message: 'is missing: with SESSION_STRATEGY=token this service asks auth to write carts',
      when: () => true,
    },
  );

/** The order service's configuration. */
export type OrderConfig = Readonly<z.infer<typeof orderEnvironment>>;

/** Reads the environment; the only place that does. Throws with all faults together. */
export function readConfig(environment = process.env): OrderConfig {
  return loadConfig(orderEnvironment, environment);
}

/** All that migrating needs. */
export function readDatabaseUrl(environment = process.env): string {
  return loadConfig(z.object(databaseEnvironment), environment).DATABASE_URL;
}
