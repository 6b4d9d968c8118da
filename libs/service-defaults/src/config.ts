import type { z } from 'zod';

/** The environment does not fit the schema. The message has one line per fault and no value of any variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'ERR_CONFIG';

  constructor(readonly faults: readonly string[]) {
    super(['The configuration has faults:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
  }
}

/**
 * Parses the environment once and freezes it. Throws `ConfigError` with *all* faults together. An empty variable
 * counts as absent: that is how Compose and shells write "not set".
 */
export function loadConfig<S extends z.ZodObject>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<z.infer<S>> {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(present);
  const faults = parsed.success ? [] : faultsOf(parsed.error);
  if (needsRedis(schema) && present.REDIS_URL === undefined && present.REDIS_SENTINELS === undefined) {
    faults.push('REDIS_URL: is missing (or REDIS_SENTINELS)');
  }
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults);
  return Object.freeze(parsed.data);
}

function needsRedis(schema: z.ZodObject): boolean {
  return 'REDIS_URL' in schema.shape && 'REDIS_SENTINELS' in schema.shape;
}

/** The first fault of each variable: those after it follow from it. */
function faultsOf({ issues }: z.ZodError): string[] {
  const faults = new Map<string, string>();
  for (const { path, message } of issues) {
    const name = path.join('.');
    if (!faults.has(name)) faults.set(name, `${name}: ${message}`);
  }
  return [...faults.values()];
}
