/**
 * What every script begins with. `KEYS[1]` is the user's index, whose name also gives the prefix of all other keys
 * of that user: one hash tag, so one slot, also on Cluster. `ARGV[1]` is the session's name, `ARGV[2]` the
 * tombstones' life in milliseconds. Numbers leave as text: Lua would print large ones as floats.
 *
 * Record: one clear line (`1 live created expires idle authTime`, or `1 ended because endedAt` as a tombstone), then
 * for live ones the body, which no script looks into.
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
local epochKey = base .. 'e'

local function isError(reply) return type(reply) == 'table' and reply.err ~= nil end

-- A tombstone replaces the record, and everything else of the session goes.
local function bury(call, of, because, endedAt)
  local stone = '1 ended ' .. because .. ' ' .. text(endedAt)
  if not isError(call('SET', recordKey(of), stone, 'PX', text(tombstoneMs))) then
    call('DEL', rotationKey(of), dataKey(of))
    call('ZREM', index, of)
  end
  return { state = 'ended', because = because, endedAt = endedAt }
end

-- What is there: nil, a tombstone, or a live session. A passed deadline is a fact whether or not it can be
-- written down (a primary without replicas refuses writes), hence pcall.
local function judge(of)
  local raw = redis.call('GET', recordKey(of))
  if not raw then return nil end
  local because, endedAt = string.match(raw, '^1 ended (%S+) (%d+)$')
  if because then return { state = 'ended', because = because, endedAt = tonumber(endedAt) } end
  local created, expires, idle = string.match(raw, '^1 live (%d+) (%d+) (%d+) %d+\\n')
  if not created then error('unreadable session record') end
  created, expires, idle = tonumber(created), tonumber(expires), tonumber(idle)
  local score = redis.call('ZSCORE', index, of)
  local seen = score and (tonumber(score) - idle) or created
  local deadline = math.min(seen + idle, expires)
  if now >= deadline then
    return bury(redis.pcall, of, deadline == expires and 'expired' or 'idle', deadline)
  end
  return { state = 'live', name = of, raw = raw, seen = seen, idle = idle, expires = expires }
end

local function notLive(found)
  if not found then return { 'absent' } end
  return { 'ended', found.because, text(found.endedAt) }
end

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
