import { LuaScript, type ScriptReply } from './lua-script.js';

/** What a data set has been reconciled with: `id` of the server, `seq` of the ledger, most `replicas` seen. */
export const RECON_KEY = 'hf:recon';

/**
 * A replica that is promoted keeps its `run_id` and gets another replication id; a server that is started again gets
 * another `run_id`. So both together name a server in its present part. A replica whose last acknowledgement is older
 * than a second may be about to be given up: it is not waited for.
 */
const PRELUDE = `
if redis.replicate_commands then redis.replicate_commands() end
local replication = redis.call('INFO', 'replication')
local function field(info, name) return string.match(info, name .. ':([^\\r\\n]*)') or '' end
local runId = field(redis.call('INFO', 'server'), 'run_id')
local identity = field(replication, 'master_replid') .. ':' .. runId
`;

/** `KEYS[1]`: the instance's beat; `ARGV`: its life in milliseconds. It always writes, so that `WAIT` means something. */
export const BEAT = new LuaScript(`${PRELUDE}
local online = 0
for state, lag in string.gmatch(replication, 'slave%d+:[^\\r\\n]*state=([%a_]+)[^\\r\\n]*lag=(%-?%d+)') do
  if state == 'online' and tonumber(lag) <= 1 then online = online + 1 end
end
local id, seq, replicas = unpack(redis.call('HMGET', '${RECON_KEY}', 'id', 'seq', 'replicas'))
redis.call('SET', KEYS[1], identity, 'PX', ARGV[1])
if online > tonumber(replicas or '0') then
  replicas = tostring(online)
  redis.call('HSET', '${RECON_KEY}', 'replicas', replicas)
end
return {identity, runId, field(replication, 'role'), id or '', seq or '0', tostring(online), replicas or '0'}
`);

/**
 * `KEYS[1]`: the recon key; `ARGV`: the identity that was looked at ('': whichever it is), the sequence, `reset` or '',
 * `done` or ''. Answers `marked`, or `other` if this is another server.
 */
export const MARK = new LuaScript(`${PRELUDE}
if ARGV[1] ~= '' and ARGV[1] ~= identity then return {'other'} end
local seen = redis.call('HGET', KEYS[1], 'seq') or '0'
if ARGV[3] == 'reset' or tonumber(ARGV[2]) > tonumber(seen) then seen = ARGV[2] end
redis.call('HSET', KEYS[1], 'seq', seen)
if ARGV[4] == 'done' then redis.call('HSET', KEYS[1], 'id', identity) end
return {'marked'}
`);

/** A server and its data set, as a beat found them. */
export interface ServerView {
  /** Names the server in its present part: `<replication id>:<run id>`. */
  readonly identity: string;
  readonly runId: string;
  readonly isPrimary: boolean;
  /** Whether the data set has been reconciled since it is this server's. */
  readonly isReconciled: boolean;
  /** The highest sequence of the ledger that this data set has seen; 0: none. */
  readonly sequence: number;
  /** Replicas that acknowledged something within the last second or so. */
  readonly online: number;
  /** The most replicas that were ever online with this data set. */
  readonly most: number;
}

/** Reads the answer of `BEAT`. */
export function decodeView(reply: ScriptReply): ServerView {
  const [identity = '', runId = '', role, id, sequence, online, most] = reply;
  return {
    identity,
    runId,
    isPrimary: role === 'master',
    isReconciled: id === identity,
    sequence: Number(sequence),
    online: Number(online),
    most: Number(most),
  };
}
