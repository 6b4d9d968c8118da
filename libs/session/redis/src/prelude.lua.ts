/**
 * What every script begins with. `KEYS[1]` is the user's index, whose name also gives the prefix of all other keys
 * of that user: one hash tag, so one slot, also on Cluster. `ARGV[1]` is the session's name, `ARGV[2]` the
 * tombstones' life in milliseconds. Numbers leave as text: Lua would print large ones as floats.
 *
 * Record: one clear line, then the body, which no script looks into. The line of a live session is
 * `1 live created expires idle authTime version steppedUp cookieUntil cookieAuthTime cookieSteppedUp` (0: never; the
 * last three are of the cookie before the current one; records of before have the first four only). That of a
 * tombstone is `1 ended because endedAt created`.
 */
export const PRELUDE = `
if redis.replicate_commands then redis.replicate_commands() end
local index = KEYS[1]
local base = string.sub(index, 1, -2)
local name = ARGV[1]
local tombstoneMs = tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function text(number) return string.format('%.0f', number) end
local function recordKey(of) return base .. 's:' .. of end
local function rotationKey(of) return base .. 'r:' .. of end
local function dataKey(of) return base .. 'd:' .. of end

local function isError(reply) return type(reply) == 'table' and reply.err ~= nil end

-- A tombstone replaces the record but for the body, and everything else of the session goes. Data that is to be
-- kept becomes a parcel.
local function bury(call, session, because, endedAt, keepData)
  local of = session.name
  local stone = '1 ended ' .. because .. ' ' .. text(endedAt) .. ' ' .. session.created
  local body = string.sub(session.raw, string.find(session.raw, '\\n', 1, true), -1)
  if not isError(call('SET', recordKey(of), stone .. body, 'PX', text(tombstoneMs))) then
    if keepData and call('EXISTS', dataKey(of)) == 1 then
      call('RENAME', dataKey(of), base .. 'p:' .. of)
      call('PEXPIRE', base .. 'p:' .. of, text(tombstoneMs))
    end
    call('DEL', rotationKey(of), dataKey(of))
    call('ZREM', index, of)
    local historyKey = base .. 'h'
    call('ZADD', historyKey, text(endedAt), of)
    call('ZREMRANGEBYRANK', historyKey, 0, -21)
    call('PEXPIRE', historyKey, text(tombstoneMs))
  end
  return { state = 'ended', because = because, endedAt = endedAt }
end

-- What is there: nil, a tombstone, or a live session. Touches are throttled: idleness is judged one touch interval
-- late, so never early. A passed deadline is a fact whether or not it can be written down (a primary without
-- replicas refuses writes), hence pcall.
local function judge(of)
  local raw = redis.call('GET', recordKey(of))
  if not raw then return nil end
  local because, endedAt = string.match(raw, '^1 ended (%S+) (%d+)')
  if because then return { state = 'ended', because = because, endedAt = tonumber(endedAt) } end
  local created, expires, idle = string.match(raw, '^1 live (%d+) (%d+) (%d+) %d')
  if not created then error('unreadable session record') end
  expires, idle = tonumber(expires), tonumber(idle)
  local score = redis.call('ZSCORE', index, of)
  local seen = score and (tonumber(score) - idle) or tonumber(created)
  local overAt = math.min(seen + idle + math.min(60000, math.floor(idle / 4)), expires)
  local session = { state = 'live', name = of, raw = raw, created = created, seen = seen, idle = idle, expires = expires }
  if now < overAt then return session end
  return bury(redis.pcall, session, overAt == expires and 'expired' or 'idle', overAt)
end

local function notLive(found)
  if not found then return { 'absent' } end
  return { 'ended', found.because, text(found.endedAt) }
end

-- A live session as answers show it: lastSeenAt now record.
local function show(session) return text(session.seen), text(now), session.raw end

local function keepAtLeast(key, ms)
  if redis.call('PTTL', key) < ms then redis.call('PEXPIRE', key, text(ms)) end
end

local function touch(session)
  session.seen = now
  redis.call('ZADD', index, text(now + session.idle), session.name)
  keepAtLeast(index, session.expires - now + tombstoneMs)
end

-- All live sessions of the user, most recently active first.
local function liveOnes()
  local live = {}
  for _, of in ipairs(redis.call('ZRANGE', index, 0, -1)) do
    local found = judge(of)
    if found and found.state == 'live' then
      live[#live + 1] = found
    elseif not found then
      redis.pcall('ZREM', index, of)
    end
  end
  table.sort(live, function(a, b) return a.seen > b.seen end)
  return live
end
`;

/**
 * For scripts whose repetition would answer something else (ended: already ended). `ARGV[3]` names the operation; the
 * same operation sent again, because its answer was lost, gets the answer of the first time.
 */
export const REMEMBER = `
local answerKey = base .. 'o:' .. ARGV[3]
local remembered = redis.call('GET', answerKey)
if remembered then return cjson.decode(remembered) end
local function remember(answer)
  redis.call('SET', answerKey, cjson.encode(answer), 'PX', '10000')
  return answer
end
`;

/** For scripts that know the user's epoch. */
export const EPOCHS = `
local epochKey = base .. 'e'
local function raiseEpoch(because)
  local epoch = math.max(tonumber(redis.call('HGET', epochKey, 'n') or '0') + 1, now)
  redis.call('HSET', epochKey, 'n', text(epoch), 'because', because, 'at', text(now))
  redis.call('PEXPIRE', epochKey, text(math.max(redis.call('PTTL', index), tombstoneMs)))
end
`;

/** For scripts that know parcels: the data of `name`, and who claims it. */
export const PARCELS = `
local parcelKey, claimKey = base .. 'p:' .. name, base .. 'c:' .. name
`;
