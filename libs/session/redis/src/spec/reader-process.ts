import type { RedisConfig, RedisRole } from '../create-redis.js';
import { Member } from './member.js';
import { Reader } from './reader.js';

/** What the spec tells a reader in a process of its own. */
export type Told =
  | { readonly start: { readonly config: RedisConfig; readonly links: Record<RedisRole, RedisConfig> } }
  | { readonly add: string }
  | { readonly forget: string }
  | { readonly stop: true };

let reader: Reader | undefined;

async function hear(told: Told): Promise<void> {
  if ('start' in told) {
    const { config, links } = told.start;
    reader = new Reader(new Member(config, { links, isNear: true, patienceMs: 1_000 }));
  } else if ('add' in told) reader?.add(told.add);
  else if ('forget' in told) reader?.forget(told.forget);
  else {
    process.send?.(await reader?.stop());
    process.disconnect();
  }
}

process.on('message', (told: Told) => void hear(told));
