import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SessionIds, SessionKeys } from '@holdfast/session-core';
import { createRedis, type Redis } from './create-redis.js';
import type { LuaScript, ScriptReply } from './lua-script.js';
import {
  AMEND,
  BEGIN,
  CLAIM_PARCEL,
  DROP_PARCEL,
  END,
  END_ALL,
  EPOCH,
  RAISE_EPOCH,
  READ,
  ROTATE,
  WRITE_DATA,
} from './session-scripts.js';

// Each script sent twice with the same arguments, as a retry or a reconnected client does.

const ids = new SessionIds(SessionKeys.fromSecret(randomBytes(32).toString('base64url')));
let redis: Redis;

beforeAll(() => {
  redis = createRedis({ url: process.env['TEST_REDIS_URL'] ?? '' }, 'general');
});
afterAll(() => redis.quit());

function user() {
  const userId = randomUUID();
  const index = `hf:{${ids.userTag(userId)}}:i`;
  const run = (script: LuaScript, name: string, ...args: string[]): Promise<ScriptReply> =>
    script.run(redis, index, [name, '60000', ...args]);
  const begin = async () => {
    const name = ids.parse(ids.mint(userId))?.name ?? '';
    const args = ['0', '60000', '600000', '5', `{"sessionId":"${name}"}`, 'h1', 'k1'];
    return { name, args, reply: await run(BEGIN, name, ...args) };
  };
  return { run, begin };
}

it('begins once when the begin is repeated', async () => {
  const { run, begin } = user();
  const { name, args, reply } = await begin();
  // lastSeenAt, now, record: only the time of asking is another.
  const again = await run(BEGIN, name, ...args);
  expect([again[1], again[3]]).toEqual([reply[1], reply[3]]);
});

it('amends once when the amendment is repeated, also when another was written in between', async () => {
  const { run, begin } = user();
  const { name } = await begin();
  const change = ['{"n":1}', 'stepUp', '30000', 'h2', 'k1'];
  const first = await run(AMEND, name, 'op-1', '1', ...change);
  expect(first).toMatchObject(['amended', expect.any(String), expect.any(String), expect.any(String), '2']);
  expect(await run(AMEND, name, 'op-1', '1', ...change)).toEqual(first);
  expect((await run(AMEND, name, 'op-2', '2', '{"n":2}', '', '', '', ''))[0]).toBe('amended');
  expect(await run(AMEND, name, 'op-1', '1', ...change)).toEqual(first);
  expect((await run(AMEND, name, 'op-3', '1', ...change))[0]).toBe('conflict');
  expect((await run(READ, name))[3]).toMatch(/^1 live [^\n]* 3 [^\n]*\n\{"n":2\}$/);
});

it('raises an epoch once when that is repeated', async () => {
  const { run } = user();
  await run(RAISE_EPOCH, '', 'op-1');
  const epoch = await run(EPOCH, '');
  await run(RAISE_EPOCH, '', 'op-1');
  expect(await run(EPOCH, '')).toEqual(epoch);
});

it('hands a parcel over once, however often each step is repeated', async () => {
  const { run, begin } = user();
  const { name } = await begin();
  await run(WRITE_DATA, name, 'op-1', 'order', '0', '"a"');
  expect(await run(END, name, 'op-2', 'replaced', 'keepData')).toEqual(['done']);
  expect(await run(END, name, 'op-2', 'replaced', 'keepData')).toEqual(['done']);
  const claimed = ['claimed', '', 'order', '1\n"a"'];
  expect(await run(CLAIM_PARCEL, name, 'claimant-1', '2000')).toEqual(claimed);
  expect(await run(CLAIM_PARCEL, name, 'claimant-1', '2000')).toEqual(claimed);
  expect(await run(CLAIM_PARCEL, name, 'claimant-2', '2000')).toEqual(['busy']);
  expect(await run(DROP_PARCEL, name, 'claimant-2')).toEqual(['refused']);
  expect(await run(DROP_PARCEL, name, 'claimant-1')).toEqual(['done']);
  expect(await run(DROP_PARCEL, name, 'claimant-1')).toEqual(['done']);
  expect(await run(CLAIM_PARCEL, name, 'claimant-1', '2000')).toEqual(['none']);
});

it('says of a repeated end that it ended the session, and of another end that it did not', async () => {
  const { run, begin } = user();
  const { name } = await begin();
  expect(await run(END, name, 'op-1', 'logout', '')).toEqual(['done']);
  expect(await run(END, name, 'op-1', 'logout', '')).toEqual(['done']);
  expect(await run(END, name, 'op-2', 'revoked', '')).toMatchObject(['ended', 'logout', expect.any(String)]);
});

it('repeats the answer of an end of all and ends nothing that began in between', async () => {
  const { run, begin } = user();
  await begin();
  await begin();
  const first = await run(END_ALL, '', 'op-1', 'revoked');
  expect(first).toHaveLength(3);
  const epochArgs = ['99999999999999', '60000', '600000', '5', '{}', 'h1', 'k1'];
  const later = ids.parse(ids.mint('later'))?.name ?? '';
  await run(BEGIN, later, ...epochArgs);
  expect(await run(END_ALL, '', 'op-1', 'revoked')).toEqual(first);
  expect((await run(READ, later))[0]).toBe('live');
});

it('remembers an end of all that ended nothing', async () => {
  const { run } = user();
  expect(await run(END_ALL, '', 'op-1', 'revoked')).toEqual(['done']);
  expect(await run(END_ALL, '', 'op-1', 'revoked')).toEqual(['done']);
});

it('counts a repeated write once, also when another was written in between', async () => {
  const { run, begin } = user();
  const { name } = await begin();
  expect(await run(WRITE_DATA, name, 'op-1', 'order', '0', '"a"')).toEqual(['written', '1']);
  expect(await run(WRITE_DATA, name, 'op-2', 'order', '1', '"b"')).toEqual(['written', '2']);
  expect(await run(WRITE_DATA, name, 'op-1', 'order', '0', '"a"')).toEqual(['written', '1']);
  expect(await run(WRITE_DATA, name, 'op-3', 'order', '0', '"a"')).toEqual(['conflict', '2\n"b"']);
});

it('takes a repeated rotation for the race that it is, and reports a theft as one each time', async () => {
  const { run, begin } = user();
  const { name } = await begin();
  expect((await run(ROTATE, name, 'op-1', '1', 'h1', 'h2', 'k1', '30000'))[0]).toBe('rotated');
  expect((await run(ROTATE, name, 'op-1', '1', 'h1', 'h2', 'k1', '30000'))[0]).toBe('repeated');
  const theft = await run(ROTATE, name, 'op-2', '1', 'h1', 'h2', 'k1', '-1');
  expect(theft[0]).toBe('reused');
  expect(await run(ROTATE, name, 'op-2', '1', 'h1', 'h2', 'k1', '-1')).toEqual(theft);
});
