import { existsSync, readFileSync } from 'node:fs';
import { LauncherError } from './errors.js';
import { freePort, whyTaken } from './free-port.js';
import type { Home } from './home.js';
import { replaceFile } from './private-files.js';
import type { Settings } from './settings.js';

/** The port of each store, by its process's id. */
export type Ports = Readonly<Record<string, number>>;

/** The ids of a fleet's Redis data nodes and Sentinels; none where it uses a Redis that runs already. */
export interface StoreIds {
  readonly redis: readonly string[];
  readonly sentinels: readonly string[];
}

/**
 * Which Redis nodes run. A single one is the node that was primary last: another's data would be older, and lost, or
 * win, when all three run again.
 */
export function storeIds(minimal: boolean, lastPrimary: string | undefined): StoreIds {
  if (minimal) return { redis: [lastPrimary ?? 'redis-1'], sentinels: [] };
  return {
    redis: ['redis-1', 'redis-2', 'redis-3'],
    sentinels: ['sentinel-1', 'sentinel-2', 'sentinel-3'],
  };
}

/** The ports of the last start; empty if there was none, or nothing readable. */
export function rememberedPorts(home: Home): Ports {
  if (!existsSync(home.portsFile)) return {};
  try {
    const ports: unknown = JSON.parse(readFileSync(home.portsFile, 'utf8'));
    return typeof ports === 'object' && ports !== null ? (ports as Ports) : {};
  } catch {
    return {};
  }
}

function askedFor(settings: Settings, ids: StoreIds): Map<string, { port: number; variable: string }> {
  const asked = new Map<string, { port: number; variable: string }>();
  const add = (ids: readonly string[], ports: readonly number[] | undefined, variable: string): void =>
    ids.forEach((id, index) => {
      const port = ports?.[index];
      if (port !== undefined) asked.set(id, { port, variable });
    });
  add(ids.redis, settings.redisPorts, 'REDIS_PORTS');
  add(ids.sentinels, settings.sentinelPorts, 'SENTINEL_PORTS');
  add(
    ['postgres'],
    settings.postgresPort === undefined ? undefined : [settings.postgresPort],
    'POSTGRES_PORT',
  );
  return asked;
}

/** Where the Redis nodes listen, by id, where that is not their own port. */
export function listenPorts({ redisListenPorts }: Settings, ids: StoreIds): Ports | undefined {
  if (redisListenPorts === undefined) return undefined;
  return Object.fromEntries(ids.redis.map((id, index) => [id, redisListenPorts[index] ?? 0]));
}

/** Refuses with a sentence that names the variable when nothing can listen on that port. */
export async function requireFree(port: number, variable: string): Promise<void> {
  const why = await whyTaken(port);
  if (why === undefined) return;
  const reason =
    why === 'EACCES'
      ? 'is reserved for the system'
      : why === 'EADDRINUSE'
        ? 'is taken by another program'
        : `cannot be used (${why})`;
  throw new LauncherError(
    `Port ${port} ${reason}: set ${variable} to another, for example ${variable}=${await freePort()}.`,
  );
}

/** Chooses the stores' ports: those that were asked for, else those of the last start, else free ones. */
export async function choosePorts(home: Home, settings: Settings, ids: StoreIds): Promise<Ports> {
  const before = rememberedPorts(home);
  const asked = askedFor(settings, ids);
  const chosen: Record<string, number> = { ...before };
  const used = new Set([settings.gatewayPort]);
  const forwarded = settings.redisListenPorts === undefined ? [] : ids.redis;
  for (const port of settings.redisListenPorts ?? []) await requireFree(port, 'REDIS_LISTEN_PORTS');
  for (const id of [...ids.redis, ...ids.sentinels, 'postgres']) {
    const wanted = asked.get(id);
    if (wanted !== undefined && !forwarded.includes(id)) await requireFree(wanted.port, wanted.variable);
    let port = wanted?.port ?? before[id];
    if (
      port === undefined ||
      used.has(port) ||
      (wanted === undefined && (await whyTaken(port)) !== undefined)
    ) {
      if (wanted !== undefined)
        throw new LauncherError(`Port ${wanted.port} is asked for twice: change ${wanted.variable}.`, 2);
      do port = await freePort();
      while (used.has(port));
    }
    used.add(port);
    chosen[id] = port;
  }
  replaceFile(home.portsFile, `${JSON.stringify(chosen, undefined, 2)}\n`);
  return chosen;
}
