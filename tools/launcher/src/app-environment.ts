import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { MASTER_NAME } from '@holdfast/fleet-client';
import type { Home } from './home.js';
import { replaceFile } from './private-files.js';
import type { Secrets } from './secrets.js';
import type { Settings } from './settings.js';

/** The apps of the fleet. */
export const SERVICES = ['auth', 'user', 'order'] as const;
/** A service, or the gateway. */
export type AppName = (typeof SERVICES)[number] | 'gateway';

/** Variables by name. */
export type Variables = Readonly<Record<string, string>>;

/** What an app's environment is made of. */
export interface EnvironmentSource {
  readonly settings: Settings;
  readonly secrets: Secrets;
  /** The address of the platform. */
  readonly url: string;
  /** Where the platform's mails are written: nothing is sent. */
  readonly outbox: string;
  /** Either a Redis by its URL, or the Sentinels' ports. */
  readonly redis: { readonly url: string } | { readonly sentinelPorts: readonly number[] };
  databaseUrl(app: AppName): string;
}

// What a reader may set for the whole platform when starting it. Never a secret: those are the launcher's.
const TUNABLE =
  /^(SESSION|TOKEN|ACCESS_TOKEN|SIGNING_KEY|PASSWORD_RESET|THROTTLE|CEILING|AUDIT|ANOMALY|BALANCER|CORS|DRAIN|BODY|TRUSTED|CONCURRENCY|EVENT_LOOP|RATE_LIMIT)_(?!SECRET)|^LOG_LEVEL$|^GATEWAY_(ROUTES|SOCKETS_PER_ADDRESS)$/;
// What another program's shell may have set, and would send an app elsewhere.
const NEVER_INHERITED =
  /^(INSTANCE_ID|HOST|PORT|NODE_OPTIONS|NODE_CHANNEL_.*|REDIS_.*|SENTINEL_PORTS|DATABASE_URL|ADMIN_.*|.*_SECRET(_.*)?|SERVICE_CLIENTS|MAIL_.*|SMTP_.*|GATEWAY_.*|FLEET_CONTROL)$/;

function tunables(env: NodeJS.ProcessEnv): Record<string, string> {
  const chosen: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (TUNABLE.test(name) && value !== undefined && value !== '') chosen[name] = value;
  }
  return chosen;
}

/** The variables of an app: all it needs to run, beside its id and port. */
export function appVariables(app: AppName, source: EnvironmentSource, env: NodeJS.ProcessEnv): Variables {
  const { settings, secrets, url, redis } = source;
  const ownRedis = 'sentinelPorts' in redis;
  return {
    HOST: '127.0.0.1',
    TOKEN_ISSUER: url,
    SESSION_DURABILITY: ownRedis ? 'replicated' : 'local',
    ...tunables(env),
    ...(settings.strategy === undefined ? {} : { SESSION_STRATEGY: settings.strategy }),
    ...(ownRedis
      ? {
          REDIS_SENTINELS: redis.sentinelPorts.map((port) => `127.0.0.1:${port}`).join(','),
          REDIS_MASTER_NAME: MASTER_NAME,
        }
      : { REDIS_URL: redis.url }),
    SESSION_SECRET: secrets.sessionSecret,
    SEALING_SECRET: secrets.sealingSecret,
    ...particulars(app, source),
  };
}

function particulars(app: AppName, source: EnvironmentSource): Variables {
  const { settings, secrets, outbox, databaseUrl } = source;
  if (app === 'auth') {
    return {
      DATABASE_URL: databaseUrl(app),
      REFRESH_SECRET: secrets.refreshSecret,
      SIGNING_KEY_SECRET: secrets.signingKeySecret,
      ACCOUNT_SECRET: secrets.accountSecret,
      AUDIT_SECRET: secrets.auditSecret,
      SERVICE_CLIENTS: serviceClients(secrets),
      METRICS_CLIENT_SECRET: secrets.metricsClientSecret,
      MAIL_OUTBOX_DIR: outbox,
      ADMIN_EMAIL: secrets.adminEmail,
      ADMIN_PASSWORD: secrets.adminPassword,
    };
  }
  const CLIENT_SECRET = clientSecrets(secrets)[app];
  if (app !== 'gateway') return { DATABASE_URL: databaseUrl(app), CLIENT_SECRET };
  return {
    GATEWAY_PORT: String(settings.gatewayPort),
    GATEWAY_WORKERS: String(settings.gatewayWorkers),
    RESTART_DELAY_MS: String(settings.restartDelayMs),
    CLIENT_SECRET,
  };
}

/** With what each service that acts for itself proves who it is. */
function clientSecrets(secrets: Secrets): Readonly<Record<Exclude<AppName, 'auth'>, string>> {
  return {
    gateway: secrets.gatewayClientSecret,
    user: secrets.userClientSecret,
    order: secrets.orderClientSecret,
  };
}

/** What auth knows of them: hashes, so that its environment opens nothing. */
function serviceClients(secrets: Secrets): string {
  const hash = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
  return Object.entries(clientSecrets(secrets))
    .map(([id, secret]) => `${id}:${hash(secret)}`)
    .join(',');
}

/** The reader's own environment without what would mislead an app. */
export function inheritedEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NEVER_INHERITED.test(name)));
}

/** The text of an env file that `util.parseEnv` reads back unchanged. */
export function envFileText(variables: Variables): string {
  const line = ([name, value]: [string, string]): string => {
    const quote = /^[\w.,:/@%+-]*$/.test(value) ? '' : ['"', "'", '`'].find((each) => !value.includes(each));
    return `${name}=${quote ?? ''}${value}${quote ?? ''}\n`;
  };
  return Object.entries(variables).map(line).join('');
}

/** Writes `env/<app>.env`, mode 0600: with it `nx serve <app>` joins the running fleet. */
export function writeEnvFile(home: Home, app: AppName, variables: Variables): void {
  replaceFile(join(home.env, `${app}.env`), envFileText(variables));
}
