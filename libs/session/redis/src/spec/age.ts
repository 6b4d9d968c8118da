import type { Sealing, SessionIds, SessionRecord } from '@holdfast/session-core';
import type { Redis } from '../create-redis.js';
import { RecordCodec, splitLine } from '../record-codec.js';

/** Moves what is in the clear beside the records: rotations, claims, index, history and what expires by itself. */
const AGE = `
local base, ms = string.sub(KEYS[1], 1, -2), tonumber(ARGV[1])
local function back(number) return string.format('%.0f', tonumber(number) - ms) end
for i = 2, #ARGV do
  local rotation = redis.call('GET', base .. 'r:' .. ARGV[i])
  if rotation then
    redis.call('SET', base .. 'r:' .. ARGV[i], (string.gsub(rotation, '^(%d+ )(%d+)', function(g, at) return g .. back(at) end)), 'KEEPTTL')
  end
  local leased = redis.call('HGET', base .. 'c:' .. ARGV[i], 'until')
  if leased then redis.call('HSET', base .. 'c:' .. ARGV[i], 'until', back(leased)) end
  for _, set in ipairs({ KEYS[1], base .. 'h' }) do
    if redis.call('ZSCORE', set, ARGV[i]) then redis.call('ZINCRBY', set, -ms, ARGV[i]) end
  end
  for _, kind in ipairs({ 's:', 'r:', 'd:', 'p:', 'c:' }) do
    local ttl = redis.call('PTTL', base .. kind .. ARGV[i])
    if ttl > ms then redis.call('PEXPIRE', base .. kind .. ARGV[i], ttl - ms)
    elseif ttl > 0 then redis.call('DEL', base .. kind .. ARGV[i]) end
  end
end`;

/** What is needed to move a user's sessions: their headers are authenticated, so that nobody else could. */
export interface Ager {
  readonly redis: Redis;
  readonly ids: SessionIds;
  readonly sealing: Sealing;
}

/** Moves all that is stored of one user into the past: what `TIME` minus `ms` would have written. */
export async function ageUser({ redis, ids, sealing }: Ager, userTag: string, ms: number): Promise<void> {
  const codec = new RecordCodec(ids, sealing);
  const prefix = `hf:{${userTag}}:s:`;
  const keys = await redis.keys(`${prefix}*`);
  const names = keys.map((key) => key.slice(prefix.length));
  for (const name of names) {
    const raw = (await redis.getBuffer(prefix + name))?.toString('latin1') ?? '';
    const aged = agedValue(codec, { userTag, name }, raw, ms);
    await redis.set(prefix + name, Buffer.from(aged, 'latin1'), 'KEEPTTL');
  }
  await redis.eval(AGE, 1, `hf:{${userTag}}:i`, ms, ...names);
}

function agedValue(
  codec: RecordCodec,
  place: { userTag: string; name: string },
  raw: string,
  ms: number,
): string {
  if (raw === '' || raw.endsWith('\n')) return raw;
  if (!raw.startsWith('2 ended')) return codec.encode(agedRecord(codec.decode(place, raw), ms), place);
  const [head, before] = splitLine(raw);
  const aged = head.replace(/\d{13}$/, (at) => String(Number(at) - ms));
  return `${aged}\n${agedValue(codec, place, before, ms)}`;
}

function agedRecord(record: SessionRecord, ms: number): SessionRecord {
  const { createdAt, expiresAt, authTimeAt, steppedUpAt, cookie } = record;
  const previous = cookie?.previous;
  return {
    ...record,
    createdAt: createdAt - ms,
    expiresAt: expiresAt - ms,
    authTimeAt: authTimeAt - ms,
    ...(steppedUpAt !== undefined && { steppedUpAt: steppedUpAt - ms }),
    ...(previous && {
      cookie: {
        hash: cookie.hash,
        previous: {
          ...previous,
          untilAt: previous.untilAt - ms,
          authTimeAt: previous.authTimeAt - ms,
          ...(previous.steppedUpAt !== undefined && { steppedUpAt: previous.steppedUpAt - ms }),
        },
      },
    }),
  };
}
