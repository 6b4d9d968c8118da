import type { Redis } from './create-redis.js';
import type { Sentinels } from './sentinels.js';

/** What is wrong with the settings of a store, or cannot be seen. */
export interface StoreFault {
  /** `unsafe`: promises do not hold with it. `unknown`: it cannot be checked here. */
  readonly kind: 'unsafe' | 'unknown';
  /** What, and what follows from it, in a sentence. */
  readonly message: string;
}

/**
 * Looks for settings with which Redis would lose what it has acknowledged. For a service to log at its start: an
 * operator may know better. A managed Redis may forbid `CONFIG`; then the settings are `unknown`.
 *
 * @param redis - a connection to the primary
 * @param sentinels - asked for the replicas' priorities. Default: not checked
 */
export async function checkStoreSettings(
  redis: Redis,
  durability: 'replicated' | 'local',
  sentinels?: Sentinels,
): Promise<readonly StoreFault[]> {
  const checks = [checkPolicy(redis)];
  if (durability === 'replicated') checks.push(checkReplicas(redis));
  if (durability === 'replicated' && sentinels) checks.push(checkPriorities(sentinels));
  const faults = await Promise.all(checks);
  return faults.filter((fault) => fault !== undefined);
}

async function checkPolicy(redis: Redis): Promise<StoreFault | undefined> {
  const policy = await setting(redis, 'maxmemory-policy');
  if (typeof policy !== 'string') return policy;
  if (policy === 'noeviction') return undefined;
  const message = `maxmemory-policy is ${policy}, not noeviction: an evicted tombstone is an undone logout.`;
  return { kind: 'unsafe', message };
}

async function checkReplicas(redis: Redis): Promise<StoreFault | undefined> {
  const least = await setting(redis, 'min-replicas-to-write');
  if (typeof least !== 'string') return least;
  if (Number(least) >= 1) return undefined;
  const message =
    'min-replicas-to-write is 0: a primary that is cut off goes on taking writes that get lost.';
  return { kind: 'unsafe', message };
}

async function checkPriorities(sentinels: Sentinels): Promise<StoreFault | undefined> {
  const known = await sentinels.replicaPriorities();
  if (!known) {
    const message = 'replica-priority cannot be checked: no Sentinel tells it.';
    return { kind: 'unknown', message };
  }
  if (new Set(known).size <= 1) return undefined;
  const message =
    'replica-priority is not the same everywhere: it beats the offset, so what is acknowledged gets lost.';
  return { kind: 'unsafe', message };
}

async function setting(redis: Redis, name: string): Promise<string | StoreFault> {
  try {
    const [, value] = (await redis.config('GET', name)) as readonly unknown[];
    if (typeof value === 'string') return value;
    return { kind: 'unknown', message: `${name} cannot be checked: Redis does not tell it.` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'unknown', message: `${name} cannot be checked: ${reason}` };
  }
}
