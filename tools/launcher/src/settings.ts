import { parseArgs } from 'node:util';
import { LauncherError } from './errors.js';
import { homeOf } from './home.js';

/** How a fleet is to be started. */
export interface Settings {
  /** Where data, secrets and logs are kept. Absolute. */
  readonly home: string;
  readonly gatewayPort: number;
  readonly gatewayWorkers: number;
  /** How long after its end a process is started again. */
  readonly restartDelayMs: number;
  /** One of each, a single Redis. */
  readonly minimal: boolean;
  /** Passed on as `SESSION_STRATEGY`. */
  readonly strategy: string | undefined;
  /** Ports that were asked for; free ones otherwise. */
  readonly redisPorts: readonly number[] | undefined;
  /** Where the Redis nodes listen, if something else listens at `redisPorts` and forwards to them. */
  readonly redisListenPorts: readonly number[] | undefined;
  readonly sentinelPorts: readonly number[] | undefined;
  readonly postgresPort: number | undefined;
}

/** What the command line asks for. */
export type Call =
  | { readonly kind: 'help' }
  | { readonly kind: 'reset'; readonly home: string }
  | { readonly kind: 'start'; readonly settings: Settings };

/** The text of `--help`. */
export const HELP = `Starts the whole platform on this machine: Redis with Sentinel, Postgres, two of each service, the gateway.

  npm start                           start; Ctrl+C stops everything
  npm start -- --minimal              one of each and a single Redis (sessions then live in one copy only)
  npm start -- --strategy <strategy>  where sessions are kept: token (by their clients), store, hybrid
  npm run reset                       forget all data and secrets
  npm start -- --help                 this text

Environment
  GATEWAY_PORT      where the platform answers (8080)
  HOLDFAST_HOME     where data, secrets and logs are kept (.holdfast)
  RESTART_DELAY_MS  how long after its end a process is started again (1000)
  GATEWAY_WORKERS   how many gateway processes share the port (2; 1 with --minimal)
  REDIS_URL         use this Redis and start none (its sessions then live in one copy only)
  REDIS_PORTS, SENTINEL_PORTS (three each, with commas), POSTGRES_PORT   free ones otherwise
  REDIS_LISTEN_PORTS where the Redis nodes listen, if something forwards to them from REDIS_PORTS
`;

const OPTIONS = {
  minimal: { type: 'boolean', default: false },
  strategy: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  reset: { type: 'boolean', default: false },
} as const;

const STRATEGIES = ['token', 'store', 'hybrid'];
const HIGHEST_PORT = 65_535;

function readOptions(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false }).values;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('.')[0] ?? '') : String(error);
    throw new LauncherError(`${reason}. "npm start -- --help" lists the options.`, 2);
  }
}

/** Reads numbers out of the environment and remembers every fault. */
class EnvironmentReader {
  readonly faults: string[] = [];

  constructor(private readonly env: NodeJS.ProcessEnv) {}

  number(name: string, [min, max]: readonly [number, number], fallback: number): number {
    return this.optional(name, [min, max]) ?? fallback;
  }

  optional(name: string, [min, max]: readonly [number, number]): number | undefined {
    const text = this.env[name]?.trim();
    if (text === undefined || text === '') return undefined;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.faults.push(`${name} must be a whole number from ${min} to ${max}; it is "${text}"`);
    return undefined;
  }

  ports(name: string, count: number): number[] | undefined {
    const text = this.env[name]?.trim();
    if (text === undefined || text === '') return undefined;
    const ports = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : 0));
    const distinct = new Set(ports.filter((port) => port >= 1 && port <= HIGHEST_PORT));
    if (ports.length >= count && distinct.size === ports.length) return ports;
    this.faults.push(
      `${name} must be ${count} different port${count > 1 ? 's' : ''} with commas; it is "${text}"`,
    );
    return undefined;
  }
}

function readSettings(options: ReturnType<typeof readOptions>, env: NodeJS.ProcessEnv): Settings {
  const reader = new EnvironmentReader(env);
  const minimal = options.minimal ?? false;
  const { strategy } = options;
  if (strategy !== undefined && !STRATEGIES.includes(strategy)) {
    reader.faults.push(`--strategy must be ${STRATEGIES.join(', ')}; it is "${strategy}"`);
  }
  const settings: Settings = {
    home: homeOf(env),
    gatewayPort: reader.number('GATEWAY_PORT', [1, HIGHEST_PORT], 8080),
    gatewayWorkers: reader.number('GATEWAY_WORKERS', [1, 64], minimal ? 1 : 2),
    restartDelayMs: reader.number('RESTART_DELAY_MS', [0, 3_600_000], 1_000),
    minimal,
    strategy,
    redisPorts: reader.ports('REDIS_PORTS', minimal ? 1 : 3),
    redisListenPorts: reader.ports('REDIS_LISTEN_PORTS', minimal ? 1 : 3),
    sentinelPorts: minimal ? undefined : reader.ports('SENTINEL_PORTS', 3),
    postgresPort: reader.optional('POSTGRES_PORT', [1, HIGHEST_PORT]),
  };
  if (settings.redisListenPorts !== undefined && settings.redisPorts === undefined) {
    reader.faults.push('REDIS_LISTEN_PORTS needs REDIS_PORTS, from which something forwards to them');
  }
  if (reader.faults.length > 0) throw new LauncherError(`${reader.faults.join('; ')}.`, 2);
  return settings;
}

/** Reads the command line and the environment; throws one sentence with all faults, exit code 2. */
export function readCall(argv: readonly string[], env: NodeJS.ProcessEnv): Call {
  const options = readOptions(argv);
  if (options.help === true) return { kind: 'help' };
  if (options.reset === true) return { kind: 'reset', home: homeOf(env) };
  return { kind: 'start', settings: readSettings(options, env) };
}
