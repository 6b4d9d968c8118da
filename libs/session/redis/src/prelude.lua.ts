import { IDENTITY, JOURNAL_KEY, RECON_KEY } from './recon-scripts.js';

/** Far above what is journalled while a process may be away; who missed more reads everything again. */
const JOURNAL_LENGTH = 50_000;

/**
 * What every script begins with. `KEYS[1]` is the user's index, whose name also gives the prefix of all other keys
 * of that user: one hash tag, so one slot, also on Cluster. `ARGV[1]` is the session's name, `ARGV[2]` the
 * tombstones' life in milliseconds. Numbers leave as text: Lua would print large ones as floats.
 *
 * Scripts decide by the header of a record (see `RecordCodec`) and have no key: what is sealed comes sealed, and goes
 * as it is.
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

-- A tombstone stands before what was there, and everything else of the session goes. Data that is to be kept becomes a
-- parcel.
local function bury(call, session, because, endedAt, keepData)
  local of = session.name
  local stone = '2 ended ' .. because .. ' ' .. text(endedAt) .. '\\n' .. session.raw
  if not isError(call('SET', recordKey(of), stone, 'PX', text(tombstoneMs))) then
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
  local because, endedAt = string.match(raw, '^2 ended (%S+) (%d+)')
  if because then return { state = 'ended', because = because, endedAt = tonumber(endedAt) } end
  local created, absolute, idle, epoch, version = string.match(raw, '^2 live (%w+) (%w+) (%w+) (%w+) (%w+)')
  if not created then
    -- Who reads it is told that it is unreadable. Here it can be ended, and keeps nobody from the user's other sessions.
    return { state = 'live', name = of, raw = raw, seen = 0, idle = 0, expires = now, epoch = -1, version = -1 }
  end
  created, idle = tonumber(created, 36), tonumber(idle, 36)
  local expires = created + tonumber(absolute, 36)
  local score = redis.call('ZSCORE', index, of)
  local seen = score and (tonumber(score) - idle) or created
  local overAt = math.min(seen + idle + math.min(60000, math.floor(idle / 4)), expires)
  local session = {
    state = 'live', name = of, raw = raw, seen = seen, idle = idle, expires = expires,
    epoch = tonumber(epoch, 36), version = tonumber(version, 36)
  }
  if now < overAt then return session end
  return bury(redis.pcall, session, overAt == expires and 'expired' or 'idle', overAt)
end

local function notLive(found)
  if not found then return { 'absent' } end
  return { 'ended', found.because, text(found.endedAt) }
end

-- A live session as answers show it: lastSeenAt now name record.
local function show(session) return text(session.seen), text(now), session.name, session.raw end

-- Whether a time that was sealed beforehand is this server's; if not, who sealed it is told and does it again.
local function isPresent(at) return math.abs(tonumber(at) - now) <= 1000 end

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
if remembered then return cmsgpack.unpack(remembered) end
local function remember(answer)
  redis.call('SET', answerKey, cmsgpack.pack(answer), 'PX', '10000')
  return answer
end
`;

/** For scripts that know the user's epoch. */
export const EPOCHS = `
local epochKey = base .. 'e'
local function epochNow() return tonumber(redis.call('HGET', epochKey, 'n') or '0') end
-- Never lowered. Answers the epoch that was asked for: by default the next one.
local function raiseEpoch(because, wanted)
  local before = epochNow()
  wanted = tonumber(wanted) or math.max(before + 1, now)
  if wanted > before then
    redis.call('HSET', epochKey, 'n', text(wanted), 'because', because, 'at', text(now))
  end
  keepAtLeast(epochKey, math.max(redis.call('PTTL', index), tombstoneMs))
  return wanted
end
`;

/**
 * For scripts that know the rotation of `name`: `generation at keyId isFresh hash previousHash`. One short text takes
 * less than a hash of fields.
 */
export const ROTATIONS = `
local function rotation()
  local raw = redis.call('GET', rotationKey(name))
  if not raw then return nil end
  local generation, at, keyId, fresh, hash, previous = string.match(raw, '^(%d+) (%d+) (%S+) ([01]) (%S+) ?(%S*)$')
  if not generation then error('unreadable rotation') end
  return { generation = tonumber(generation), at = tonumber(at), keyId = keyId, fresh = fresh, hash = hash, previous = previous }
end
local function rotate(generation, keyId, fresh, hash, previous)
  local raw = table.concat({ text(generation), text(now), keyId, fresh, hash, previous }, ' ')
  redis.call('SET', rotationKey(name), raw, 'KEEPTTL')
end
`;

/** For scripts that know parcels: the data of `name`, and who claims it. */
export const PARCELS = `
local parcelKey, claimKey = base .. 'p:' .. name, base .. 'c:' .. name
`;

/**
 * For scripts that end or change sessions: all that verify sessions must hear of it, in the same step. The last of
 * `ARGV` is a `Journalling`. It must be known before anything is written whether this server may journal: only one that
 * the data set was reconciled for has a term, and only while it has the journal. One that was begun again by itself
 * would count from the start again, under ids that have been heard.
 */
export const JOURNAL = `
${IDENTITY}
local journalling = ARGV[#ARGV]
local term
local function hasTerm()
  if journalling == 'never' then return true end
  local id, named = unpack(redis.call('HMGET', '${RECON_KEY}', 'id', 'term'))
  local isReconciled = id == identityOf(redis.call('INFO', 'replication'))
  if isReconciled and redis.call('EXISTS', '${JOURNAL_KEY}') == 1 then term = named end
  return term or journalling == 'begun'
end
local function journal(kind, what)
  if term then
    redis.call('XADD', '${JOURNAL_KEY}', 'MAXLEN', '~', '${JOURNAL_LENGTH}', term .. '-*', kind, what)
  end
end
-- Before it is buried: what cannot be told must not be done.
local function journalEnds(because, names)
  if #names > 0 then journal('ended', because .. ' ' .. text(now) .. ' ' .. table.concat(names, ' ')) end
end
`;
