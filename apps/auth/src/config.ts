import {
  anomalyActionSchema,
  DETECTORS,
  emailSchema,
  METRICS_CLIENT_ID,
  newPasswordSchema,
} from '@holdfast/contracts';
import { loadConfig, secret, serviceEnvironment } from '@holdfast/service-defaults';
import { z } from 'zod';
import { weaknessOf } from './accounts/password-policy.js';
import type { AnomalyActions } from './anomalies/responder.js';
import { hashOfSecret } from './oauth/confidential-clients.js';

const databaseEnvironment = { DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) };

const count = (fallback: number, least = 1) =>
  z.coerce.number().int().min(least).max(1_000_000).default(fallback);
const milliseconds = (fallback: number, least: number, most = 31_536_000_000) =>
  z.coerce.number().int().min(least).max(most).default(fallback);

/** A detector remembers 5,000 events of a subject at most. */
const threshold = (fallback: number) => z.coerce.number().int().min(2).max(5_000).default(fallback);

/** `name:hash,…`; a hash is the SHA-256 of the client's secret, as text, in base64url. */
const serviceClients = z
  .string({
    error: 'is missing: name:hash for each service, the hash being the SHA-256 of its CLIENT_SECRET',
  })
  .regex(
    /^[a-z][a-z0-9-]*:[A-Za-z0-9_-]{43}(,[a-z][a-z0-9-]*:[A-Za-z0-9_-]{43})*$/,
    'must be name:hash,name:hash with SHA-256 hashes in base64url',
  )
  .transform((list) => list.split(',').map((entry) => entry.split(':') as [string, string]))
  .refine((entries) => new Set(entries.map(([name]) => name)).size === entries.length, 'names a client twice')
  .refine(
    (entries) => new Set(entries.map(([, hash]) => hash)).size === entries.length,
    'has one hash for two clients: each service has a CLIENT_SECRET of its own',
  )
  .transform((entries): ReadonlyMap<string, string> => new Map(entries))
  .refine(
    (clients) => !clients.has(METRICS_CLIENT_ID),
    `names ${METRICS_CLIENT_ID}, which is no service: its secret is METRICS_CLIENT_SECRET`,
  );

const DAY_MS = 86_400_000;

const auditEnvironment = {
  /** Older values of `AUDIT_SECRET`: they check what they sealed. */
  AUDIT_SECRET_PREVIOUS: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(secret('AUDIT_SECRET_PREVIOUS')))
    .default([]),
  /** How long security events stay in the trail. Default: 365 days. */
  AUDIT_SECURITY_RETENTION_MS: milliseconds(31_536_000_000, DAY_MS, 3_153_600_000_000),
  /** How long the ordinary life of sessions stays in the trail. Default: 30 days. */
  AUDIT_ACTIVITY_RETENTION_MS: milliseconds(2_592_000_000, DAY_MS, 3_153_600_000_000),
};

/** At which count something is an anomaly (see `Thresholds`), and what follows. */
const anomalyEnvironment = {
  ANOMALY_FAILURE_WINDOW_MS: milliseconds(600_000, 1_000, 3_600_000),
  ANOMALY_ACCOUNT_FAILURES: threshold(10),
  ANOMALY_ADDRESS_FAILURES: threshold(20),
  ANOMALY_ADDRESS_ACCOUNTS: threshold(5),
  ANOMALY_SPREAD_ACCOUNTS: threshold(50),
  ANOMALY_SPREAD_ADDRESSES: threshold(25),
  ANOMALY_SESSIONS_PER_HOUR: threshold(20),
  ANOMALY_GUESTS_PER_MINUTE: threshold(60),
  ANOMALY_REFRESHES_PER_MINUTE: threshold(20),
  ANOMALY_REQUESTS_PER_MINUTE: count(1_200),
  /** What follows from whose findings: `session-moved:step-up,impossible-rate:end`. Default: administrators are told. */
  ANOMALY_ACTIONS: z
    .string()
    .transform((list) => list.split(',').map((entry) => entry.split(':')))
    .pipe(z.array(z.tuple([z.enum(DETECTORS), anomalyActionSchema])))
    .transform((entries): AnomalyActions => new Map(entries))
    .optional(),
};

const authEnvironment = z
  .object({
    ...serviceEnvironment,
    ...databaseEnvironment,
    /**
     * `true`: an older `SEALING_SECRET` is lost for good. Sessions that no secret opens are ended, so that their users
     * sign in again; until then they get 503, since another process may know the secret.
     */
    SEALING_SECRET_LOST: z.stringbool().default(false),
    /** Makes and derives refresh tokens; only this service has it. */
    REFRESH_SECRET: secret('REFRESH_SECRET'),
    /**
     * Other values of `REFRESH_SECRET`: their tokens are exchanged too, for new ones of the current secret. First put the
     * new secret here on all instances, then exchange the two, and drop the older when its sessions are over.
     */
    REFRESH_SECRET_PREVIOUS: z
      .string()
      .transform((list) => list.split(','))
      .pipe(z.array(secret('REFRESH_SECRET_PREVIOUS')))
      .default([]),
    /** Seals the signing keys in Postgres. */
    SIGNING_KEY_SECRET: secret('SIGNING_KEY_SECRET'),
    /** From the publication of a new key until it signs: longer than verifiers wait before they look for new keys. */
    SIGNING_KEY_LEAD_MS: milliseconds(35_000, 100),
    /** The age at which a key is replaced. 0: only when somebody says so. Default: 30 days. */
    SIGNING_KEY_ROTATION_MS: milliseconds(2_592_000_000, 0),
    /** Seals second factors; hashes recovery codes, and what sign-in failures are counted by. */
    ACCOUNT_SECRET: secret('ACCOUNT_SECRET'),
    /** The services that may ask for tokens of their own, with the hashes of their secrets. */
    SERVICE_CLIENTS: serviceClients,
    /** The secret of the client `prometheus`, whose tokens open `/metrics` alone. Without it there is no such client. */
    METRICS_CLIENT_SECRET: secret('METRICS_CLIENT_SECRET').optional(),
    ACCESS_TOKEN_TTL_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(300_000),
    /** Where mails are written as files, for development. This or `SMTP_URL`. */
    MAIL_OUTBOX_DIR: z.string().min(1).optional(),
    SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
    MAIL_FROM: z.string().min(3).max(320).default('Holdfast <no-reply@holdfast.example>'),
    PASSWORD_RESET_TTL_MS: milliseconds(1_800_000, 1_000),
    /** The page that a reset mail links to; the token is appended as its fragment, which reaches no server. */
    PASSWORD_RESET_URL: z
      .url({ protocol: /^https?$/ })
      .regex(/^[^#]*$/, 'must have no fragment: the token becomes it')
      .optional(),
    /** Failed sign-ins of one account, and from one address, within the window, before more are refused. */
    THROTTLE_ACCOUNT_FAILURES: count(5),
    THROTTLE_ADDRESS_FAILURES: count(50),
    THROTTLE_WINDOW_MS: milliseconds(900_000, 1_000, 604_800_000),
    /** Refreshes, registrations, guests and resets per address and second, each counted for itself. 0: no ceiling. */
    CEILING_PER_ADDRESS: count(100, 0),
    /** Seals the audit trail: who has Postgres and not this secret changes nothing in it unseen. */
    AUDIT_SECRET: secret('AUDIT_SECRET'),
    /** Where traces are shown, with `{traceId}` in it: the audit trail links there. Default: it has the ids alone. */
    TRACE_URL: z
      .url({ protocol: /^https?$/ })
      .includes('{traceId}')
      .optional(),
    ...auditEnvironment,
    ...anomalyEnvironment,
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
  )
  .refine(({ ADMIN_EMAIL: email, ADMIN_PASSWORD: password }) => !isWeakPassword(password, email), {
    path: ['ADMIN_PASSWORD'],
    message:
      'is refused as at registration: common, a pattern, or with ADMIN_EMAIL or the service’s name in it',
    when: () => true,
  })
  .refine(({ MAIL_OUTBOX_DIR, SMTP_URL }) => (MAIL_OUTBOX_DIR === undefined) !== (SMTP_URL === undefined), {
    path: ['SMTP_URL'],
    message: 'or MAIL_OUTBOX_DIR: set one of the two',
    when: () => true,
  })
  .refine(({ SERVICE_CLIENTS: services, METRICS_CLIENT_SECRET: own }) => !isAmong(services, own), {
    path: ['METRICS_CLIENT_SECRET'],
    message: 'is also that of a service in SERVICE_CLIENTS: it would open what that service may',
    when: ({ issues }) => issues.length === 0,
  })
  .refine(({ SIGNING_KEY_ROTATION_MS: age, SIGNING_KEY_LEAD_MS: lead }) => age === 0 || age >= 2 * lead, {
    path: ['SIGNING_KEY_ROTATION_MS'],
    message: 'must be 0, or twice SIGNING_KEY_LEAD_MS at least',
  });

/** The auth service's configuration. */
export type AuthConfig = Readonly<z.infer<typeof authEnvironment>>;

function isAmong(services: ReadonlyMap<string, string>, own: string | undefined): boolean {
  return own !== undefined && [...services.values()].includes(hashOfSecret(own));
}

/** Also asked where other variables have faults: then nothing may be there, or something else. */
function isWeakPassword(password: string | undefined, email = ''): boolean {
  return password !== undefined && email !== '' && weaknessOf(password, email) !== undefined;
}

/** Reads the environment; the only place that does. Rejects with all faults together. */
export function readConfig(environment = process.env): AuthConfig {
  return loadConfig(authEnvironment, environment);
}

/** All that verifying the audit trail needs. */
export function readAuditAccess(environment = process.env) {
  const { AUDIT_SECRET_PREVIOUS } = auditEnvironment;
  const access = { ...databaseEnvironment, AUDIT_SECRET: secret('AUDIT_SECRET'), AUDIT_SECRET_PREVIOUS };
  return loadConfig(z.object(access), environment);
}

/** All that migrating needs. */
export function readDatabaseUrl(environment = process.env): string {
  return loadConfig(z.object(databaseEnvironment), environment).DATABASE_URL;
}
