import type { z } from 'zod';
import { hasDefaultPassword } from './default-passwords.js';

/** The environment does not fit the schema. The message has one line per fault and no value of any variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'ERR_CONFIG';

  constructor(readonly faults: readonly string[]) {
    super(['The configuration has faults:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
  }
}

type Environment = Readonly<Record<string, string | undefined>>;
type Fault = readonly [variable: string, message: string];

/**
 * Parses the environment once and freezes it. Throws `ConfigError` with *all* faults together. An empty variable
 * counts as absent: that is how Compose and shells write "not set". No two secrets of the schema (`…_SECRET`, and the
 * list `…_SECRET_PREVIOUS`) may be one value, and a service that others can reach takes no default password in the
 * address of Postgres or Redis.
 */
export function loadConfig<S extends z.ZodObject>(
  schema: S,
  environment: Environment = process.env,
): Readonly<z.infer<S>> {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(present);
  const names = new Set(Object.keys(schema.shape));
  const faults = [
    ...(parsed.error?.issues ?? []).map(({ path, message }): Fault => [path.join('.'), message]),
    ...faultsOfRedis(names, present),
    ...faultsOfSecrets(names, present),
    ...faultsOfServers(names, present),
  ];
  if (faults.length > 0 || !parsed.success) throw new ConfigError(linesOf(faults));
  return Object.freeze(parsed.data);
}

function faultsOfRedis(names: ReadonlySet<string>, present: Environment): Fault[] {
  const isNeeded = names.has('REDIS_URL') && names.has('REDIS_SENTINELS');
  const isThere = present['REDIS_URL'] !== undefined || present['REDIS_SENTINELS'] !== undefined;
  return isNeeded && !isThere ? [['REDIS_URL', 'is missing (or REDIS_SENTINELS)']] : [];
}

/** Who gets hold of one secret shall not have another with it. */
function faultsOfSecrets(names: ReadonlySet<string>, present: Environment): Fault[] {
  const secrets = [...names]
    .filter((name) => /_SECRET(_PREVIOUS)?$/.test(name))
    // The current ones first: a fault is one of the older.
    .sort((one, other) => one.length - other.length)
    .flatMap((name) => (present[name]?.split(',') ?? []).map((value) => ({ name, value })));
  return secrets.flatMap(({ name, value }, index) => {
    const earlier = secrets.slice(0, index).find((each) => each.value === value);
    return earlier ? [[name, `repeats ${earlier.name}: each secret has a value of its own`] as const] : [];
  });
}

/**
 * Only a developer's process listens on the loopback address alone, and its servers are the machine's own, or those
 * that a pipeline starts for its tests: they have the passwords that they come with.
 */
function faultsOfServers(names: ReadonlySet<string>, present: Environment): Fault[] {
  if (!names.has('HOST') || isLoopback(present['HOST'] ?? '127.0.0.1')) return [];
  return ['DATABASE_URL', 'REDIS_URL']
    .filter((name) => names.has(name) && hasDefaultPassword(present[name] ?? ''))
    .map((name): Fault => [name, 'has a password that everybody tries first: make a random one']);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The first fault of each variable: those after it follow from it. */
function linesOf(faults: readonly Fault[]): string[] {
  const first = new Map<string, string>();
  for (const [name, message] of faults) if (!first.has(name)) first.set(name, `${name}: ${message}`);
  return [...first.values()];
}
