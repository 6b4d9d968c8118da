import { LuaScript } from './lua-script.js';
import { PRELUDE, REMEMBER } from './prelude.lua.js';

/** name, tombstoneMs → live lastSeenAt record | ended because at | absent */
export const READ = new LuaScript(`${PRELUDE}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
return { 'live', text(found.seen), found.raw }
`);

/** '', tombstoneMs → epoch */
export const EPOCH = new LuaScript(`${PRELUDE}
return { redis.call('HGET', epochKey, 'n') or '0' }
`);

/** name, tombstoneMs, epoch, idleMs, absoluteMs, limit, body, hash, keyId → begun lastSeenAt record replaced… | ended because at */
export const BEGIN = new LuaScript(`${PRELUDE}
local found = judge(name)
if found and found.state == 'live' then return { 'begun', text(found.seen), found.raw } end
if found then return notLive(found) end
local epoch = redis.call('HMGET', epochKey, 'n', 'because', 'at')
if epoch[1] and tonumber(ARGV[3]) < tonumber(epoch[1]) then return { 'ended', epoch[2], epoch[3] } end

local idle, absolute, limit = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local lifeMs = absolute + tombstoneMs
local created = text(now)
local raw = '1 live ' .. created .. ' ' .. text(now + absolute) .. ' ' .. ARGV[4] .. ' ' .. created .. '\\n' .. ARGV[7]
local answer = { 'begun', created, raw }
local live = liveOnes()
for i = limit, #live do
  bury(redis.call, live[i].name, 'replaced', now)
  answer[#answer + 1] = live[i].raw
end
redis.call('SET', recordKey(name), raw, 'PX', text(lifeMs))
redis.call('HSET', rotationKey(name), 'g', '1', 'h', ARGV[8], 'k', ARGV[9], 'at', created)
redis.call('PEXPIRE', rotationKey(name), text(lifeMs))
redis.call('ZADD', index, text(now + idle), name)
keepAtLeast(index, lifeMs)
return answer
`);

/** name, tombstoneMs → live | ended because at | absent */
export const TOUCH = new LuaScript(`${PRELUDE}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
touch(found)
return { 'live' }
`);

/** name, tombstoneMs, operation, because → done | ended because at | absent */
export const END = new LuaScript(`${PRELUDE}${REMEMBER}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
bury(redis.call, name, ARGV[4], now)
return remember({ 'done' })
`);

/** name to keep or '', tombstoneMs, operation, because → done record… */
export const END_ALL = new LuaScript(`${PRELUDE}${REMEMBER}
local epoch = math.max((tonumber(redis.call('HGET', epochKey, 'n') or '0')) + 1, now)
redis.call('HSET', epochKey, 'n', text(epoch), 'because', ARGV[4], 'at', text(now))
redis.call('PEXPIRE', epochKey, text(math.max(redis.call('PTTL', index), tombstoneMs)))
local answer = { 'done' }
for _, session in ipairs(liveOnes()) do
  if session.name ~= name then
    bury(redis.call, session.name, ARGV[4], now)
    answer[#answer + 1] = session.raw
  end
end
return remember(answer)
`);

/** '', tombstoneMs → (lastSeenAt record)… */
export const LIST = new LuaScript(`${PRELUDE}
local answer = {}
for _, session in ipairs(liveOnes()) do
  answer[#answer + 1] = text(session.seen)
  answer[#answer + 1] = session.raw
end
return answer
`);

/** name, tombstoneMs, operation, generation, hash, successor's hash, its keyId, windowMs → rotated|repeated lastSeenAt record generation keyId | reused|ended because at | refused */
export const ROTATE = new LuaScript(`${PRELUDE}${REMEMBER}
local found = judge(name)
if not found then return { 'refused' } end
if found.state ~= 'live' then return notLive(found) end
local state = redis.call('HMGET', rotationKey(name), 'g', 'h', 'k', 'p', 'at')
local generation = tonumber(state[1])
if not generation then return { 'refused' } end
local behind = generation - tonumber(ARGV[4])
local presented = ARGV[5]

if behind < 0 or (behind == 0 and presented ~= state[2]) or (behind == 1 and presented ~= state[4]) then
  return { 'refused' }
end
if behind == 0 then
  redis.call('HSET', rotationKey(name), 'g', text(generation + 1), 'h', ARGV[6], 'k', ARGV[7], 'p', presented, 'at', text(now))
  touch(found)
  return { 'rotated', text(found.seen), found.raw, text(generation + 1), ARGV[7] }
end
if behind == 1 and now - tonumber(state[5]) <= tonumber(ARGV[8]) then
  touch(found)
  return { 'repeated', text(found.seen), found.raw, text(generation), state[3] }
end
bury(redis.call, name, 'token-reuse', now)
return remember({ 'reused', 'token-reuse', text(now) })
`);

/** name, tombstoneMs → live (namespace held)… | ended because at | absent. Held: version, line break, JSON. */
export const READ_DATA = new LuaScript(`${PRELUDE}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
local answer = { 'live' }
for _, part in ipairs(redis.call('HGETALL', dataKey(name))) do answer[#answer + 1] = part end
return answer
`);

/** name, tombstoneMs, operation, namespace, version, JSON → written version | conflict held | ended because at | absent */
export const WRITE_DATA = new LuaScript(`${PRELUDE}${REMEMBER}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
local held = redis.call('HGET', dataKey(name), ARGV[4]) or '0\\n'
local version = tonumber(string.match(held, '^%d+'))
if version ~= tonumber(ARGV[5]) then return { 'conflict', held } end
version = text(version + 1)
redis.call('HSET', dataKey(name), ARGV[4], version .. '\\n' .. ARGV[6])
keepAtLeast(dataKey(name), redis.call('PTTL', recordKey(name)))
return remember({ 'written', version })
`);
