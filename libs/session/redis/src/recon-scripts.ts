import { LuaScript, type ScriptReply } from './lua-script.js';

/** What a data set has been reconciled with: `id` of the server, `seq` of the ledger, `term` of the journal and when it began (`at`), most `replicas` seen. */
export const RECON_KEY = 'hf:recon';
/** What those who verify sessions must hear: a stream whose ids are `<term>-<count>`, without gaps. */
export const JOURNAL_KEY = 'hf:journal';
/** Who verifies sessions, by when they last said so. */
export const INSTANCES_KEY = 'hf:instances';
/** Where an instance says up to where it has heard the journal. */
export const ACKNOWLEDGEMENT_CHANNEL = 'hf:heard';
/** An instance that has said nothing for so long is forgotten: far longer than any access token lives. */
const FORGOTTEN_AFTER_MS = 86_400_000;

/** The key of an instance: what it has heard, and until when it has not been missed. */
export function instanceKey(instance: string): string {
  return `hf:i:${instance}`;
}

/**
 * A replica that is promoted keeps its `run_id` and gets another replication id; a server that is started again gets
 * another `run_id`. So both together name a server in its present part.
 */
export const IDENTITY = `
local function field(info, name) return string.match(info, name .. ':([^\\r\\n]*)') or '' end
local function identityOf(replication)
  return field(replication, 'master_replid') .. ':' .. field(redis.call('INFO', 'server'), 'run_id')
end
`;

const PRELUDE = `
if redis.replicate_commands then redis.replicate_commands() end
${IDENTITY}
local replication = redis.call('INFO', 'replication')
local identity = identityOf(replication)
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local function lastId()
  local last = redis.call('XREVRANGE', '${JOURNAL_KEY}', '+', '-', 'COUNT', '1')[1]
  return last and last[1] or ''
end
`;

/**
 * `KEYS[1]`: the instance's key; `ARGV`: its life in milliseconds, the instance, its process, and what it has heard. It
 * always writes, so that `WAIT` means something. The first beat of a process has `first` for what it has heard, and takes the instance
 * over; who is there no longer is told so. A replica whose last acknowledgement is older than a second may be about to be given up: it is not waited for.
 */
export const BEAT = new LuaScript(`${PRELUDE}
local before = redis.call('GET', KEYS[1])
if before and ARGV[4] ~= 'first' and string.match(before, '^%S+') ~= ARGV[3] then return {'replaced'} end
local online = 0
for state, lag in string.gmatch(replication, 'slave%d+:[^\\r\\n]*state=([%a_]+)[^\\r\\n]*lag=(%-?%d+)') do
  if state == 'online' and tonumber(lag) <= 1 then online = online + 1 end
end
local id, seq, replicas, term = unpack(redis.call('HMGET', '${RECON_KEY}', 'id', 'seq', 'replicas', 'term'))
redis.call('SET', KEYS[1], ARGV[3] .. ' ' .. ARGV[4], 'PX', ARGV[1])
redis.call('ZADD', '${INSTANCES_KEY}', now, ARGV[2])
redis.call('ZREMRANGEBYSCORE', '${INSTANCES_KEY}', '-inf', tonumber(now) - ${FORGOTTEN_AFTER_MS})
if online > tonumber(replicas or '0') then
  replicas = tostring(online)
  redis.call('HSET', '${RECON_KEY}', 'replicas', replicas)
end
local runId = field(redis.call('INFO', 'server'), 'run_id')
return {'beat', identity, runId, field(replication, 'role'), id or '', seq or '0', tostring(online), replicas or '0', term or '0', lastId()}
`);

/** `KEYS[1]`: the instance's key; `ARGV` as of `BEAT`. Says what it has heard to whom it concerns. */
export const HEARD = new LuaScript(`
if redis.replicate_commands then redis.replicate_commands() end
local before = redis.call('GET', KEYS[1])
if before and string.match(before, '^%S+') ~= ARGV[3] then return {'replaced'} end
redis.call('SET', KEYS[1], ARGV[3] .. ' ' .. ARGV[4], 'PX', ARGV[1])
redis.call('PUBLISH', '${ACKNOWLEDGEMENT_CHANNEL}', ARGV[2] .. ' ' .. ARGV[4])
return {'heard'}
`);

/** `KEYS[1]`: the instance's key; `ARGV[1]`: the instance, `ARGV[2]`: its process. It verifies nothing any more. */
export const SIGN_OFF = new LuaScript(`
local before = redis.call('GET', KEYS[1])
if before and string.match(before, '^%S+') ~= ARGV[2] then return {'replaced'} end
redis.call('DEL', KEYS[1])
redis.call('ZREM', '${INSTANCES_KEY}', ARGV[1])
return {'done'}
`);

/** `KEYS[1]`: the recon key → identity, id that was reconciled or '', term, last id of the journal or ''. */
export const ARM = new LuaScript(`${PRELUDE}
local id, term = unpack(redis.call('HMGET', KEYS[1], 'id', 'term'))
return {identity, id or '', term or '0', lastId()}
`);

/**
 * `KEYS[1]`: the recon key; `ARGV[1]`: how long ago an instance may have verified last, in milliseconds
 * → identity, term, milliseconds since it began, last id of the journal or '', (instance heard silent)…: in milliseconds, how long it has not beaten
 */
export const LOOK_AROUND = new LuaScript(`${PRELUDE}
local term, at = unpack(redis.call('HMGET', KEYS[1], 'term', 'at'))
local since = string.format('%.0f', tonumber(now) - tonumber(at or '0'))
local answer = {identity, term or '0', since, lastId()}
local from = string.format('%.0f', tonumber(now) - tonumber(ARGV[1]))
local beats = redis.call('ZRANGEBYSCORE', '${INSTANCES_KEY}', from, '+inf', 'WITHSCORES')
for each = 1, #beats, 2 do
  local instance = beats[each]
  answer[#answer + 1] = instance
  answer[#answer + 1] = string.match(redis.call('GET', '${instanceKey('')}' .. instance) or '', ' (.*)$') or ''
  answer[#answer + 1] = string.format('%.0f', tonumber(now) - tonumber(beats[each + 1]))
end
return answer
`);

/**
 * `KEYS[1]`: the recon key; `ARGV`: the identity that was looked at ('': whichever it is), the sequence, `reset` or '',
 * `done` or '', and then the term that begins with it. Answers `marked`, `other` if this is another server, or
 * `term <last>` if the journal has got as far as that term.
 */
export const MARK = new LuaScript(`${PRELUDE}
if ARGV[1] ~= '' and ARGV[1] ~= identity then return {'other'} end
local seen, id = unpack(redis.call('HMGET', KEYS[1], 'seq', 'id'))
seen = seen or '0'
if ARGV[3] == 'reset' or tonumber(ARGV[2]) > tonumber(seen) then seen = ARGV[2] end
redis.call('HSET', KEYS[1], 'seq', seen)
-- Of several who reconcile at once the first one begins the term.
local lastEntry = lastId()
if ARGV[4] == 'done' and (id ~= identity or ARGV[3] == 'reset' or lastEntry == '') then
  local last = string.match(lastEntry, '^%d+') or '0'
  if tonumber(last) >= tonumber(ARGV[5]) then return {'term', last} end
  redis.call('XADD', '${JOURNAL_KEY}', ARGV[5] .. '-*', 'term', identity)
  redis.call('HSET', KEYS[1], 'id', identity, 'term', ARGV[5], 'at', now)
end
return {'marked'}
`);

/** A server and its data set, as a beat found them. */
export interface ServerView {
  /** Names the server in its present part: `<replication id>:<run id>`. */
  readonly identity: string;
  readonly runId: string;
  readonly isPrimary: boolean;
  /** Whether the data set has been reconciled since it is this server's, and still has its journal. */
  readonly isReconciled: boolean;
  /** The highest sequence of the ledger that this data set has seen; 0: none. */
  readonly sequence: number;
  /** Replicas that acknowledged something within the last second or so. */
  readonly online: number;
  /** The most replicas that were ever online with this data set. */
  readonly most: number;
  /** Of the journal; 0: none. */
  readonly term: number;
  /** The last entry of the journal; '' without one. */
  readonly lastId: string;
}

/** Another process runs under the id of this instance, and was started later. */
export class ReplacedError extends Error {
  override readonly name = 'ReplacedError';

  constructor() {
    super('Another process has started under the id of this instance: this one verifies nothing any more.');
  }
}

/** Reads the answer of `BEAT`. @throws ReplacedError */
export function decodeView(reply: ScriptReply): ServerView {
  const [outcome, identity = '', runId = '', role, id, sequence, online, most, term, lastId = ''] = reply;
  if (outcome === 'replaced') throw new ReplacedError();
  return {
    identity,
    runId,
    isPrimary: role === 'master',
    isReconciled: id === identity && lastId !== '',
    sequence: Number(sequence),
    online: Number(online),
    most: Number(most),
    term: Number(term),
    lastId,
  };
}
