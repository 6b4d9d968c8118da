import { emailSchema, newPasswordSchema } from '@holdfast/contracts';
import { loadConfig, secret, serviceEnvironment } from '@holdfast/service-defaults';
import { z } from 'zod';

const databaseEnvironment = { DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) };

const authEnvironment = z
  .object({
    ...serviceEnvironment,
    ...databaseEnvironment,
    /** Makes and derives refresh tokens; only this service has it. */
    REFRESH_SECRET: secret('REFRESH_SECRET'),
    /** Seals the signing keys in Postgres. */
    SIGNING_KEY_SECRET: secret('SIGNING_KEY_SECRET'),
    ACCESS_TOKEN_TTL_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(300_000),
    /** The first administrator: opened once, if there is no such account. Both or neither. */
    ADMIN_EMAIL: emailSchema.optional(),
    ADMIN_PASSWORD: newPasswordSchema.optional(),
  })
  .refine(
    ({ ADMIN_EMAIL, ADMIN_PASSWORD }) => (ADMIN_EMAIL === undefined) === (ADMIN_PASSWORD === undefined),
    {
      path: ['ADMIN_EMAIL'],
      message: 'goes together with ADMIN_PASSWORD: set both or neither',
      // Also when other variables have faults: all are reported together.
      when: () => true,
    },
  );

/** The auth service's configuration. */
export type AuthConfig = Readonly<z.infer<typeof authEnvironment>>;

/** Reads the environment; the only place that does. Rejects with all faults together. */
export function readConfig(environment = process.env): AuthConfig {
  return loadConfig(authEnvironment, environment);
}

/** All that migrating needs. */
export function readDatabaseUrl(environment = process.env): string {
  return loadConfig(z.object(databaseEnvironment), environment).DATABASE_URL;
}
