import { runSessionStoreContract } from '@holdfast/session-testing';
import { createRedis } from './create-redis.js';
import { RedisSessionStore } from './redis-session-store.js';

/** Moves all that is stored of one user into the past: what `TIME` minus `ms` would have written. */
const AGE = `
local base, ms = string.sub(KEYS[1], 1, -2), tonumber(ARGV[1])
local function back(number) return string.format('%.0f', tonumber(number) - ms) end
for i = 2, #ARGV do
  local key = base .. 's:' .. ARGV[i]
  local raw = redis.call('GET', key)
  local created, expires, idle, auth, body = string.match(raw or '', '^1 live (%d+) (%d+) (%d+) (%d+)\\n(.*)$')
  if created then
    raw = '1 live ' .. back(created) .. ' ' .. back(expires) .. ' ' .. idle .. ' ' .. back(auth) .. '\\n' .. body
    redis.call('SET', key, raw, 'KEEPTTL')
    redis.call('HSET', base .. 'r:' .. ARGV[i], 'at', back(redis.call('HGET', base .. 'r:' .. ARGV[i], 'at')))
    redis.call('ZINCRBY', KEYS[1], -ms, ARGV[i])
  end
  for _, kind in ipairs({ 's:', 'r:', 'd:' }) do
    local ttl = redis.call('PTTL', base .. kind .. ARGV[i])
    if ttl > ms then redis.call('PEXPIRE', base .. kind .. ARGV[i], ttl - ms)
    elseif ttl > 0 then redis.call('DEL', base .. kind .. ARGV[i]) end
  end
end`;

runSessionStoreContract('redis', async ({ ids, tombstoneMs }) => {
  const url = process.env['TEST_REDIS_URL'];
  if (!url) throw new Error('TEST_REDIS_URL is missing.');
  const connect = (role: 'read' | 'write' | 'general') => createRedis({ url }, role);
  const side = connect('general');
  const store = new RedisSessionStore({
    read: connect('read'),
    write: connect('write'),
    ids,
    durability: 'local',
    tombstoneMs,
  });
  return {
    store,
    now: async () => {
      const [seconds, micros] = await side.time();
      return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
    },
    advance: async (userId, ms) => {
      const base = `hf:{${ids.userTag(userId)}}:`;
      const names = (await side.keys(`${base}s:*`)).map((key) => key.slice(`${base}s:`.length));
      await side.eval(AGE, 1, `${base}i`, ms, ...names);
    },
    close: async () => {
      await store.close();
      await side.quit();
    },
  };
});
