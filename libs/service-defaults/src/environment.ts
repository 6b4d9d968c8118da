import { parseDiscovery, parsePolicySetting } from '@holdfast/balancer-core';
import { STRATEGIES } from '@holdfast/session-core';
import { z } from 'zod';
import { isDefaultPassword } from './default-passwords.js';
import { weaknessOf } from './weak-secrets.js';

const milliseconds = (fallback: number) =>
  z.coerce.number().int().min(1).max(31_536_000_000).default(fallback);

const sentinels = z
  .string()
  .regex(/^[\w.-]+:\d{1,5}(,[\w.-]+:\d{1,5})*$/, 'must be host:port,host:port')
  .transform((list) =>
    list.split(',').map((entry) => {
      const [host = '', port = ''] = entry.split(':');
      return { host, port: Number(port) };
    }),
  );

/** What a parser of ours makes of a text; its `TypeError` is the fault. */
const parsedBy =
  <T>(parse: (text: string) => T) =>
  (text: string, context: z.RefinementCtx<string>): T => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue(error instanceof Error ? error.message : String(error));
      return z.NEVER;
    }
  };

/**
 * The variables that every process of the platform reads, as members of a Zod object: an app spreads them into its
 * own schema. Secrets have no default. `REDIS_URL` or `REDIS_SENTINELS` must be there (`loadConfig` checks it).
 */
export const serviceEnvironment = {
  /** Name of this instance in the registry and in `x-served-by`. Default: `<service>-<4 random>`. */
  INSTANCE_ID: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 . _ -')
    .optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  /** 0: any free port. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  /** How much of the requests it gets under the policy `weighted`, in relation to other instances. The gateway is not chosen. */
  INSTANCE_WEIGHT: z.coerce.number().int().min(1).max(1_000).default(1),
  /** By what instances of other services are chosen: `p2c-ewma`, or `p2c-ewma,order=rendezvous`. */
  BALANCER_POLICY: z.string().default('p2c-ewma').transform(parsedBy(parsePolicySetting)),
  /** Where they are heard of: `registry`, `static:…` or `dns:…`. */
  DISCOVERY: z.string().default('registry').transform(parsedBy(parseDiscovery)),
  /** Where traces go, by OTLP over HTTP: `http://collector:4318`. Default: nowhere, and nothing for that is loaded. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** Which share is kept of the traces that begin here; of others their first process decides. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  REDIS_SENTINELS: sentinels.optional(),
  REDIS_MASTER_NAME: z.string().min(1).default('holdfast'),
  REDIS_PASSWORD: z
    .string()
    .refine(
      (password) => !isDefaultPassword(password),
      'is one that everybody tries first: make a random one',
    )
    .optional(),
  SESSION_SECRET: secret('SESSION_SECRET'),
  /** Seals what Redis keeps of sessions. */
  SEALING_SECRET: secret('SEALING_SECRET'),
  /**
   * Other values of `SEALING_SECRET`: what they sealed is opened too. First put the new secret here on all processes,
   * then exchange the two, and drop the older when auth's log says that nothing is sealed with it any more.
   */
  SEALING_SECRET_PREVIOUS: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(secret('SEALING_SECRET_PREVIOUS')))
    .default([]),
  /** With what this service proves itself to auth, which has its hash. Auth itself needs none. */
  CLIENT_SECRET: secret('CLIENT_SECRET').optional(),
  /** Where the truth of a session is; the same everywhere. */
  SESSION_STRATEGY: z.enum(STRATEGIES).default('hybrid'),
  /** `replicated`: a write is acknowledged once a replica has it. `local`: one Redis, no such promise. */
  SESSION_DURABILITY: z.enum(['replicated', 'local']).default('replicated'),
  SESSION_IDLE_TIMEOUT_MS: milliseconds(1_800_000),
  SESSION_ABSOLUTE_TIMEOUT_MS: milliseconds(43_200_000),
  SESSION_REMEMBER_ME_TIMEOUT_MS: milliseconds(2_592_000_000),
  SESSION_REMEMBER_ME_IDLE_TIMEOUT_MS: milliseconds(1_800_000),
  SESSION_GUEST_TIMEOUT_MS: milliseconds(604_800_000),
  SESSION_GUEST_IDLE_TIMEOUT_MS: milliseconds(1_800_000),
  SESSION_REFRESH_WINDOW_MS: milliseconds(30_000),
  SESSION_LIMIT_PER_USER: z.coerce.number().int().min(1).max(10_000).default(100),
  /** `iss` of the tokens: the gateway's public URL. The platform owns its origin, so that a path would lead nowhere. */
  TOKEN_ISSUER: z
    .url({ protocol: /^https?$/ })
    .regex(/^\w+:\/\/[^/?#@\\]+$/, 'must be an origin without a path, such as https://api.example.org'),
  TOKEN_AUDIENCE: z.string().min(1).default('holdfast'),
  DRAIN_DEADLINE_MS: milliseconds(10_000),
  /** About so many events of sessions wait in Redis for the audit trail; the oldest give way. */
  AUDIT_STREAM_LENGTH: z.coerce.number().int().min(100).max(10_000_000).default(50_000),
};

/** The common configuration, parsed. */
export type ServiceConfig = Readonly<z.infer<z.ZodObject<typeof serviceEnvironment>>>;

/** A schema for a secret in base64url of at least 32 bytes, and none that somebody made up. Its message never shows the value. */
export function secret(name: string): z.ZodString {
  return z
    .string({ error: `${name} is a secret without a default: 32 random bytes or more in base64url` })
    .regex(/^[A-Za-z0-9_-]{43,}$/, 'must be 32 random bytes or more in base64url')
    .superRefine((value, context) => {
      const weakness = weaknessOf(value);
      if (weakness) context.addIssue(`${weakness}: it must be 32 random bytes or more in base64url`);
    });
}
