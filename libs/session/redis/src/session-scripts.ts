import { LuaScript } from './lua-script.js';
import { EPOCHS, PARCELS, PRELUDE, REMEMBER } from './prelude.lua.js';

// `session` in what a script answers stands for: lastSeenAt now record.

/** name, tombstoneMs → live session | ended because at | absent */
export const READ = new LuaScript(`${PRELUDE}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
return { 'live', show(found) }
`);

/** '', tombstoneMs → epoch */
export const EPOCH = new LuaScript(`${PRELUDE}${EPOCHS}
return { redis.call('HGET', epochKey, 'n') or '0' }
`);

/** '', tombstoneMs, operation → done */
export const RAISE_EPOCH = new LuaScript(`${PRELUDE}${EPOCHS}${REMEMBER}
raiseEpoch('revoked')
return remember({ 'done' })
`);

/** name, tombstoneMs, epoch, idleMs, absoluteMs, limit, body, hash or '', keyId → begun session replaced… | ended because at */
export const BEGIN = new LuaScript(`${PRELUDE}${EPOCHS}
local found = judge(name)
if found and found.state == 'live' then return { 'begun', show(found) } end
if found then return notLive(found) end
local epoch = redis.call('HMGET', epochKey, 'n', 'because', 'at')
if epoch[1] and tonumber(ARGV[3]) < tonumber(epoch[1]) then return { 'ended', epoch[2], epoch[3] } end

local idle, absolute, limit = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local lifeMs = absolute + tombstoneMs
local created = text(now)
local head = { '1 live', created, text(now + absolute), ARGV[4], created, '1 0 0 0 0' }
local raw = table.concat(head, ' ') .. '\\n' .. ARGV[7]
local answer = { 'begun', created, created, raw }
local live = liveOnes()
for i = limit, #live do
  bury(redis.call, live[i], 'replaced', now)
  answer[#answer + 1] = live[i].raw
end
redis.call('SET', recordKey(name), raw, 'PX', text(lifeMs))
if ARGV[8] ~= '' then
  redis.call('HSET', rotationKey(name), 'g', '1', 'h', ARGV[8], 'k', ARGV[9], 'at', created)
  redis.call('PEXPIRE', rotationKey(name), text(lifeMs))
end
redis.call('ZADD', index, text(now + idle), name)
keepAtLeast(index, lifeMs)
return answer
`);

/**
 * name, tombstoneMs, operation, version, body, stepUp or '', previousForMs or '' (no new cookie), hash of a fresh secret or '', its keyId
 * → amended session [generation] | conflict session | ended because at | absent
 */
export const AMEND = new LuaScript(`${PRELUDE}${REMEMBER}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
local fixed, auth, rest = string.match(found.raw, '^(1 live %d+ %d+ %d+) (%d+)([%d ]*)\\n')
local version, stepped, before = string.match(rest, '^ (%d+) (%d+) (%d+ %d+ %d+)$')
if not version then version, stepped, before = '1', '0', '0 0 0' end
if version ~= ARGV[4] then return { 'conflict', show(found) } end

if ARGV[7] ~= '' then before = table.concat({ text(now + tonumber(ARGV[7])), auth, stepped }, ' ') end
if ARGV[6] ~= '' then auth, stepped = text(now), text(now) end
local head = { fixed, auth, text(tonumber(version) + 1), stepped, before }
found.raw = table.concat(head, ' ') .. '\\n' .. ARGV[5]
redis.call('SET', recordKey(name), found.raw, 'KEEPTTL')
local answer = { 'amended', show(found) }
if ARGV[8] ~= '' and redis.call('EXISTS', rotationKey(name)) == 1 then
  local state = redis.call('HMGET', rotationKey(name), 'g', 'h')
  local generation = text(tonumber(state[1]) + 1)
  redis.call('HSET', rotationKey(name), 'g', generation, 'h', ARGV[8], 'k', ARGV[9], 'p', state[2], 'at', text(now), 'f', '1')
  answer[#answer + 1] = generation
end
return remember(answer)
`);

/** name, tombstoneMs → live | ended because at | absent */
export const TOUCH = new LuaScript(`${PRELUDE}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
touch(found)
return { 'live' }
`);

/** name, tombstoneMs, operation, because, keepData or '' → done | ended because at | absent */
export const END = new LuaScript(`${PRELUDE}${REMEMBER}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
bury(redis.call, found, ARGV[4], now, ARGV[5] ~= '')
return remember({ 'done' })
`);

/** name to keep or '', tombstoneMs, operation, because → done record… */
export const END_ALL = new LuaScript(`${PRELUDE}${EPOCHS}${REMEMBER}
raiseEpoch(ARGV[4])
local answer = { 'done' }
for _, session in ipairs(liveOnes()) do
  if session.name ~= name then
    bury(redis.call, session, ARGV[4], now)
    answer[#answer + 1] = session.raw
  end
end
return remember(answer)
`);

/** '', tombstoneMs → session… */
export const LIST = new LuaScript(`${PRELUDE}
local answer = {}
for _, session in ipairs(liveOnes()) do
  answer[#answer + 1], answer[#answer + 2], answer[#answer + 3] = show(session)
end
return answer
`);

/** '', tombstoneMs → tombstone… */
export const LIST_ENDED = new LuaScript(`${PRELUDE}
liveOnes() -- who is over, but was not met, is listed too
local answer = {}
for _, of in ipairs(redis.call('ZREVRANGE', base .. 'h', 0, -1)) do
  answer[#answer + 1] = redis.call('GET', recordKey(of)) or nil
end
return answer
`);

/** name, tombstoneMs, operation, generation, hash, successor's hash, its keyId, windowMs → rotated|repeated session generation keyId | reused|ended because at | refused */
export const ROTATE = new LuaScript(`${PRELUDE}${REMEMBER}
local found = judge(name)
if not found then return { 'refused' } end
if found.state ~= 'live' then return notLive(found) end
local state = redis.call('HMGET', rotationKey(name), 'g', 'h', 'k', 'p', 'at', 'f')
local generation = tonumber(state[1])
if not generation then return { 'refused' } end
local behind = generation - tonumber(ARGV[4])
local presented = ARGV[5]

local function granted(outcome, keyId)
  touch(found)
  local seen, at, raw = show(found)
  return { outcome, seen, at, raw, text(generation), keyId }
end

if behind < 0 or (behind == 0 and presented ~= state[2]) or (behind == 1 and presented ~= state[4]) then
  return { 'refused' }
end
if behind == 0 then
  generation = generation + 1
  redis.call('HSET', rotationKey(name), 'g', text(generation), 'h', ARGV[6], 'k', ARGV[7], 'p', presented, 'at', text(now), 'f', '')
  return granted('rotated', ARGV[7])
end
if behind == 1 and now - tonumber(state[5]) <= tonumber(ARGV[8]) then
  -- What a step-up made cannot be derived, and is not for who holds the token of before.
  if state[6] == '1' then return { 'refused' } end
  return granted('repeated', state[3])
end
bury(redis.call, found, 'token-reuse', now)
return remember({ 'reused', 'token-reuse', text(now) })
`);

/** name, tombstoneMs, generation, hash → live session | ended because at | absent (also: not the current secret) */
export const PEEK_REFRESH = new LuaScript(`${PRELUDE}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
local state = redis.call('HMGET', rotationKey(name), 'g', 'h')
if state[1] ~= ARGV[3] or state[2] ~= ARGV[4] then return { 'absent' } end
return { 'live', show(found) }
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

/** name, tombstoneMs, claimant, leaseMs → claimed formerClaimants (namespace held)… | busy | none */
export const CLAIM_PARCEL = new LuaScript(`${PRELUDE}${PARCELS}
local held = redis.call('HGETALL', parcelKey)
if #held == 0 then return { 'none' } end
local claim = redis.call('HMGET', claimKey, 'by', 'until', 'before')
local before = claim[3] or ''
if claim[1] and claim[1] ~= ARGV[3] then
  if now < tonumber(claim[2]) then return { 'busy' } end
  before = before .. ' ' .. claim[1]
end
redis.call('HSET', claimKey, 'by', ARGV[3], 'until', text(now + tonumber(ARGV[4])), 'before', before)
keepAtLeast(claimKey, redis.call('PTTL', parcelKey))
local answer = { 'claimed', before }
for _, part in ipairs(held) do answer[#answer + 1] = part end
return answer
`);

/** name, tombstoneMs, claimant → done | refused. The claim stays: who dropped it is known when it does so again. */
export const DROP_PARCEL = new LuaScript(`${PRELUDE}${PARCELS}
if redis.call('HGET', claimKey, 'by') ~= ARGV[3] then return { 'refused' } end
redis.call('DEL', parcelKey)
return { 'done' }
`);
