import { MOST_IN_A_ROW } from './failures.js';

/**
 * KEYS: for each queue the failures in the window, those in a row, the places and their leases. ARGV: the ticket, the
 * leases of who waits and who runs, then each queue's limit. Answers 1 if the ticket may run, else it waits.
 *
 * A ticket may run where fewer stand before it than may still fail. Places never change their order, and a failure is
 * counted before its place is given back, so that no more than the limit can fail whatever runs at once.
 */
export const ENTER = `
local ticket, waiting, running = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local admitted = 1
for n = 1, #KEYS, 4 do
  local places, leases = KEYS[n + 2], KEYS[n + 3]
  for _, gone in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now)) do
    redis.call('ZREM', places, gone)
    redis.call('ZREM', leases, gone)
  end
  if not redis.call('ZSCORE', places, ticket) then
    local last = redis.call('ZRANGE', places, -1, -1, 'WITHSCORES')[2] or 0
    redis.call('ZADD', places, last + 1, ticket)
  end
  local left = ARGV[(n - 1) / 4 + 4] - (redis.call('GET', KEYS[n]) or 0)
  local inRow = ${MOST_IN_A_ROW} - (redis.call('GET', KEYS[n + 1]) or 0)
  if redis.call('ZRANK', places, ticket) >= math.min(left, math.max(1, inRow)) then admitted = 0 end
end
for n = 1, #KEYS, 4 do
  local lease = admitted == 1 and running or waiting
  redis.call('ZADD', KEYS[n + 3], now + lease, ticket)
  redis.call('PEXPIRE', KEYS[n + 2], running)
  redis.call('PEXPIRE', KEYS[n + 3], running)
end
return admitted`;

/** KEYS: places and leases of each queue. ARGV: the ticket. */
export const LEAVE = `
for n = 1, #KEYS do redis.call('ZREM', KEYS[n], ARGV[1]) end
return 1`;
