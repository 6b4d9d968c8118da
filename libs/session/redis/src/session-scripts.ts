import { LuaScript } from './lua-script.js';
import { EPOCHS, JOURNAL, PARCELS, PRELUDE, REMEMBER, ROTATIONS } from './prelude.lua.js';

// `session` in what a script answers stands for: lastSeenAt now name record. `clock now`: a time that was sealed
// beforehand is not this server's. Every script that changes something may answer `noterm`: the data set has not been
// reconciled for this server, and nothing was changed.

/** name, tombstoneMs → live session | ended because at | absent */
export const READ = new LuaScript(`${PRELUDE}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
return { 'live', show(found) }
`);

/** '', tombstoneMs → epoch now */
export const EPOCH = new LuaScript(`${PRELUDE}${EPOCHS}
return { text(epochNow()), text(now) }
`);

/** '', tombstoneMs, operation, epoch or '' → done */
export const RAISE_EPOCH = new LuaScript(`${PRELUDE}${EPOCHS}${REMEMBER}
raiseEpoch('revoked', ARGV[4])
return remember({ 'done' })
`);

/** name, tombstoneMs, epoch, idleMs, absoluteMs, limit, created, record, hash or '', keyId → begun session (name record)… | ended because at | clock now */
export const BEGIN = new LuaScript(`${PRELUDE}${EPOCHS}${JOURNAL}
local found = judge(name)
if found and found.state == 'live' then return { 'begun', show(found) } end
if found then return notLive(found) end
local epoch = tonumber(ARGV[3])
local over = redis.call('HMGET', epochKey, 'n', 'because', 'at')
if over[1] and epoch < tonumber(over[1]) then return { 'ended', over[2], over[3] } end
if not isPresent(ARGV[7]) then return { 'clock', text(now) } end

local idle, limit = tonumber(ARGV[4]), tonumber(ARGV[6])
local lifeMs = tonumber(ARGV[5]) + tombstoneMs
local answer = { 'begun', ARGV[7], text(now), name, ARGV[8] }
local live = liveOnes()
if #live >= limit and not hasTerm() then return { 'noterm' } end
local giveWay = {}
for i = limit, #live do giveWay[#giveWay + 1] = live[i].name end
journalEnds('replaced', giveWay)
for i = limit, #live do
  bury(redis.call, live[i], 'replaced', now)
  answer[#answer + 1], answer[#answer + 2] = live[i].name, live[i].raw
end
redis.call('SET', recordKey(name), ARGV[8], 'PX', text(lifeMs))
if ARGV[9] ~= '' then
  redis.call('SET', rotationKey(name), '1 ' .. text(now) .. ' ' .. ARGV[10] .. ' 0 ' .. ARGV[9], 'PX', text(lifeMs))
end
redis.call('ZADD', index, text(tonumber(ARGV[7]) + idle), name)
keepAtLeast(index, lifeMs)
if epoch > tonumber(over[1] or '0') then raiseEpoch('revoked', epoch) end
return answer
`);

/**
 * name, tombstoneMs, operation, version, now, record, hash of a fresh secret or '', its keyId
 * → amended session [generation] | conflict session | ended because at | absent | clock now
 */
export const AMEND = new LuaScript(`${PRELUDE}${ROTATIONS}${REMEMBER}${JOURNAL}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
if found.version ~= tonumber(ARGV[4]) then return { 'conflict', show(found) } end
if not isPresent(ARGV[5]) then return { 'clock', text(now) } end
if not hasTerm() then return { 'noterm' } end
journal('changed', name)
found.raw = ARGV[6]
redis.call('SET', recordKey(name), found.raw, 'KEEPTTL')
local answer = { 'amended', show(found) }
local state = ARGV[7] ~= '' and rotation()
if state then
  rotate(state.generation + 1, ARGV[8], '1', ARGV[7], state.hash)
  answer[#answer + 1] = text(state.generation + 1)
end
return remember(answer)
`);

/** name, tombstoneMs → live now | ended because at | absent */
export const TOUCH = new LuaScript(`${PRELUDE}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
touch(found)
return { 'live', text(now) }
`);

/** name, tombstoneMs, operation, because, keepData or '', recordedAt or '' → done | ended because at | absent */
export const END = new LuaScript(`${PRELUDE}${REMEMBER}${JOURNAL}
if not hasTerm() then return { 'noterm' } end
local found = judge(name)
if not found and ARGV[6] ~= '' then
  -- Only the ledger knows of it: here it is said why, for as long as it would have been.
  local leftMs = tonumber(ARGV[6]) + tombstoneMs - now
  if leftMs > 0 then
    journalEnds(ARGV[4], { name })
    redis.call('SET', recordKey(name), '2 ended ' .. ARGV[4] .. ' ' .. ARGV[6] .. '\\n', 'PX', text(leftMs))
  end
end
if not found or found.state ~= 'live' then return notLive(found) end
journalEnds(ARGV[4], { name })
bury(redis.call, found, ARGV[4], now, ARGV[5] ~= '')
return remember({ 'done' })
`);

/** name to keep or '', tombstoneMs, operation, because, epoch or '' → done epoch (name record)… */
export const END_ALL = new LuaScript(`${PRELUDE}${EPOCHS}${REMEMBER}${JOURNAL}
if not hasTerm() then return { 'noterm' } end
local epoch = raiseEpoch(ARGV[4], ARGV[5])
local answer = { 'done', text(epoch) }
local over, names = {}, {}
for _, session in ipairs(liveOnes()) do
  if session.name ~= name and session.epoch < epoch then
    over[#over + 1], names[#names + 1] = session, session.name
  end
end
journalEnds(ARGV[4], names)
for _, session in ipairs(over) do
  bury(redis.call, session, ARGV[4], now)
  answer[#answer + 1], answer[#answer + 2] = session.name, session.raw
end
return remember(answer)
`);

/** '', tombstoneMs → (session generation or '')… */
export const LIST = new LuaScript(`${PRELUDE}
local answer = {}
for _, session in ipairs(liveOnes()) do
  for _, part in ipairs({ show(session) }) do answer[#answer + 1] = part end
  local raw = redis.call('GET', rotationKey(session.name))
  answer[#answer + 1] = raw and string.match(raw, '^%d+') or ''
end
return answer
`);

/** '', tombstoneMs → (name tombstone)… */
export const LIST_ENDED = new LuaScript(`${PRELUDE}
liveOnes() -- who is over, but was not met, is listed too
local answer = {}
for _, of in ipairs(redis.call('ZREVRANGE', base .. 'h', 0, -1)) do
  local stone = redis.call('GET', recordKey(of))
  if stone then answer[#answer + 1], answer[#answer + 2] = of, stone end
end
return answer
`);

/**
 * name, tombstoneMs, operation, generation, hash, successor's hash, its keyId, windowMs, heal or ''
 * → rotated|repeated session generation keyId | ahead session | reused|ended because at | refused
 */
export const ROTATE = new LuaScript(`${PRELUDE}${ROTATIONS}${REMEMBER}${JOURNAL}
local found = judge(name)
if not found then return { 'refused' } end
if found.state ~= 'live' then return notLive(found) end
local state = rotation()
if not state then return { 'refused' } end
local presented, generation = ARGV[5], tonumber(ARGV[4])
local behind = state.generation - generation

local function granted(outcome, of, keyId)
  touch(found)
  local seen, at, named, raw = show(found)
  return { outcome, seen, at, named, raw, text(of), keyId }
end

if behind < 0 and ARGV[9] == '' then return { 'ahead', show(found) } end
if (behind == 0 and presented ~= state.hash) or (behind == 1 and presented ~= state.previous) then
  return { 'refused' }
end
if behind <= 0 then
  rotate(generation + 1, ARGV[7], '0', ARGV[6], presented)
  return granted('rotated', generation + 1, ARGV[7])
end
if behind == 1 and now - state.at <= tonumber(ARGV[8]) then
  -- What a step-up made cannot be derived, and is not for who holds the token of before.
  if state.fresh == '1' then return { 'refused' } end
  return granted('repeated', state.generation, state.keyId)
end
if not hasTerm() then return { 'noterm' } end
journalEnds('token-reuse', { name })
bury(redis.call, found, 'token-reuse', now)
return remember({ 'reused', 'token-reuse', text(now) })
`);

/** name, tombstoneMs, generation, hash → live session | ended because at | absent (also: not the current secret) */
export const PEEK_REFRESH = new LuaScript(`${PRELUDE}${ROTATIONS}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
local state = rotation()
if not state or state.generation ~= tonumber(ARGV[3]) or state.hash ~= ARGV[4] then return { 'absent' } end
return { 'live', show(found) }
`);

/** name, tombstoneMs → live (namespace held)… | ended because at | absent. Held: see `DataCodec`. */
export const READ_DATA = new LuaScript(`${PRELUDE}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
local answer = { 'live' }
for _, part in ipairs(redis.call('HGETALL', dataKey(name))) do answer[#answer + 1] = part end
return answer
`);

/** name, tombstoneMs, operation, namespace, version, held → written | conflict held | ended because at | absent */
export const WRITE_DATA = new LuaScript(`${PRELUDE}${REMEMBER}
local found = judge(name)
if not found or found.state ~= 'live' then return notLive(found) end
local held = redis.call('HGET', dataKey(name), ARGV[4]) or '0\\n'
if tonumber(string.match(held, '^%d+')) ~= tonumber(ARGV[5]) then return { 'conflict', held } end
redis.call('HSET', dataKey(name), ARGV[4], ARGV[6])
keepAtLeast(dataKey(name), redis.call('PTTL', recordKey(name)))
return remember({ 'written' })
`);

/** name, tombstoneMs, claimant's name, leaseMs, claimant sealed → claimed count (former claimant sealed)… (namespace held)… | busy | none */
export const CLAIM_PARCEL = new LuaScript(`${PRELUDE}${PARCELS}
local held = redis.call('HGETALL', parcelKey)
if #held == 0 then return { 'none' } end
local claimant = ARGV[3]
local claim = redis.call('HMGET', claimKey, 'by', 'until')
if claim[1] and claim[1] ~= claimant and now < tonumber(claim[2]) then return { 'busy' } end
redis.call('HSET', claimKey, 'by', claimant, 'until', text(now + tonumber(ARGV[4])), 'c:' .. claimant, ARGV[5])
keepAtLeast(claimKey, redis.call('PTTL', parcelKey))
local former = {}
local fields = redis.call('HGETALL', claimKey)
for i = 1, #fields, 2 do
  if string.sub(fields[i], 1, 2) == 'c:' and fields[i] ~= 'c:' .. claimant then former[#former + 1] = fields[i + 1] end
end
local answer = { 'claimed', text(#former), unpack(former) }
for _, part in ipairs(held) do answer[#answer + 1] = part end
return answer
`);

/** name, tombstoneMs, claimant's name → done | refused. The claim stays: who dropped it is known when it does so again. */
export const DROP_PARCEL = new LuaScript(`${PRELUDE}${PARCELS}
if redis.call('HGET', claimKey, 'by') ~= ARGV[3] then return { 'refused' } end
redis.call('DEL', parcelKey)
return { 'done' }
`);
