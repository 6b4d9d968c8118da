import { runSessionStoreContract } from '@holdfast/session-testing';
import { createRedis } from './create-redis.js';
import { RedisSessionStore } from './redis-session-store.js';

/** Moves all that is stored of one user into the past: what `TIME` minus `ms` would have written. */
const AGE = `
local base, ms = string.sub(KEYS[1], 1, -2), tonumber(ARGV[1])
local function back(number) return string.format('%.0f', tonumber(number) - ms) end
-- Points in time have 13 digits; versions and durations fewer.
local function allBack(line) return (string.gsub(line, '%d+', function(n) if #n >= 13 then return back(n) end end)) end
local function age(key, field)
  local at = redis.call('HGET', key, field)
  if at then redis.call('HSET', key, field, back(at)) end
end
for i = 2, #ARGV do
  local key = base .. 's:' .. ARGV[i]
  local line, body = string.match(redis.call('GET', key), '^([^\\n]*)(.*)$')
  redis.call('SET', key, allBack(line) .. body, 'KEEPTTL')
  age(base .. 'r:' .. ARGV[i], 'at')
  age(base .. 'c:' .. ARGV[i], 'until')
  for _, set in ipairs({ KEYS[1], base .. 'h' }) do
    if redis.call('ZSCORE', set, ARGV[i]) then redis.call('ZINCRBY', set, -ms, ARGV[i]) end
  end
  for _, kind in ipairs({ 's:', 'r:', 'd:', 'p:', 'c:' }) do
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
