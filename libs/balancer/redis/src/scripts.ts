/*
 * Every change is one script, so that no reader sees half of it, and each may be repeated. Time is Redis's own.
 * KEYS[1]: hash of members by id (JSON). KEYS[2]: sorted set of ids by the end of their lease, epoch milliseconds.
 */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/**
 * ARGV: id, member, startedAt, leaseMs, channel. Lists the member, or renews its lease; tells watchers only what
 * is news. A run that was replaced by a younger one (a process that was stopped and came back) must not take the
 * id again: 0.
 */
export const ANNOUNCE = `${NOW}
local before = redis.call('HGET', KEYS[1], ARGV[1])
if before and cjson.decode(before).startedAt > tonumber(ARGV[3]) then return 0 end
local lapsed = (tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1])) or 0) <= now
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[4]), ARGV[1])
if lapsed or before ~= ARGV[2] then redis.call('PUBLISH', ARGV[5], ARGV[1]) end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do
  redis.call('HDEL', KEYS[1], id)
  redis.call('ZREM', KEYS[2], id)
end
return 1
`;

/** ARGV: id, startedAt, channel. Takes the member off the list, unless the id belongs to another run by now. */
export const WITHDRAW = `
local before = redis.call('HGET', KEYS[1], ARGV[1])
if not before or cjson.decode(before).startedAt ~= tonumber(ARGV[2]) then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('PUBLISH', ARGV[3], ARGV[1])
return 1
`;

/** The members whose lease holds, as JSON. Writes nothing. */
export const LIST = `${NOW}
local ids = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. now, '+inf')
if #ids == 0 then return {} end
return redis.call('HMGET', KEYS[1], unpack(ids))
`;
