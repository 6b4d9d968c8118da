import { join } from 'node:path';
import type { Home } from './home.js';
import { replaceFile } from './private-files.js';
import { MASTER_NAME } from './redis-config.js';
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
  /** Either a Redis by its URL, or the Sentinels' ports. */
  readonly redis: { readonly url: string } | { readonly sentinelPorts: readonly number[] };
  databaseUrl(app: AppName): string;
}

// What a reader may set for the whole platform when starting it. Never a secret: those are the launcher's.
const TUNABLE = /^(SESSION|TOKEN|ACCESS_TOKEN|DRAIN|BODY|TRUSTED)_(?!SECRET)|^LOG_LEVEL$/;
// What another program's shell may have set, and would send an app elsewhere.
const NEVER_INHERITED =
  /^(INSTANCE_ID|HOST|PORT|NODE_OPTIONS|NODE_CHANNEL_.*|REDIS_.*|SENTINEL_PORTS|DATABASE_URL|ADMIN_.*|.*_SECRET|GATEWAY_.*)$/;

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
    ...particulars(app, source),
  };
}

function particulars(app: AppName, { settings, secrets, databaseUrl }: EnvironmentSource): Variables {
  if (app === 'gateway') {
    return {
      GATEWAY_PORT: String(settings.gatewayPort),
      GATEWAY_WORKERS: String(settings.gatewayWorkers),
      RESTART_DELAY_MS: String(settings.restartDelayMs),
    };
  }
  if (app !== 'auth') return { DATABASE_URL: databaseUrl(app) };
  return {
    DATABASE_URL: databaseUrl(app),
    REFRESH_SECRET: secrets.refreshSecret,
    SIGNING_KEY_SECRET: secrets.signingKeySecret,
    ADMIN_EMAIL: secrets.adminEmail,
    ADMIN_PASSWORD: secrets.adminPassword,
  };
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
