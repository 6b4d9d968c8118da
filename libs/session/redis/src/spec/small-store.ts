import { type EndOptions, type EndReason, type SessionStore } from '@holdfast/session-core';
import type { Access } from '../access.js';
import { LuaScript } from '../lua-script.js';
import { withPatience } from '../patience.js';

const END = new LuaScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('SET', KEYS[1], redis.call('GET', KEYS[1])) return {'known'} end
redis.call('SET', KEYS[1], ARGV[1])
return {'done'}
`);

/** As much of a store as ends single sessions. */
export function smallStore(access: Access): SessionStore {
  const end = async (sessionId: string, because: EndReason, options?: EndOptions): Promise<boolean> => {
    if (options?.recordedAt === undefined) throw new TypeError('Only what the ledger has.');
    const [outcome] = await withPatience(3_000, () => access.write(END, `end:${sessionId}`, [because]));
    return outcome === 'done';
  };
  return { end } as unknown as SessionStore;
}
