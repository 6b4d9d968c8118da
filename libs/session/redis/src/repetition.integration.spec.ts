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
  const begin = async (epoch = '0') => {
    const name = ids.parse(ids.mint(userId))?.name ?? '';
    const now = await storeNow();
    const args = [epoch, '60000', '600000', '5', now, record(now, 1, name, epoch), 'h1', 'k1'];
    return { name, args, reply: await run(BEGIN, name, ...args) };
  };
  return { index, run, begin };
}

const storeNow = async (): Promise<string> => {
  const [seconds, micros] = await redis.time();
  return String(Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000));
};

/** What a script takes for a record: it looks into the header only. */
const record = (created: string, version: number, body: string, epoch = '0') =>
  `2 live ${[created, 600_000, 60_000, epoch, version].map((n) => Number(n).toString(36)).join(' ')}\n${body}`;

it('begins once when the begin is repeated', async () => {
  const { run, begin } = user();
  const { name, args, reply } = await begin();
  // lastSeenAt, now, name, record: only the time of asking is another.
  const again = await run(BEGIN, name, ...args);
  expect(again.filter((_part, n) => n !== 2)).toEqual(reply.filter((_part, n) => n !== 2));
});

it('amends once when the amendment is repeated, also when another was written in between', async () => {
  const { run, begin } = user();
  const { name } = await begin();
  const now = await storeNow();
  const change = [now, record(now, 2, 'a'), 'h2', 'k1'];
  const first = await run(AMEND, name, 'op-1', '1', ...change);
  expect([first[0], first[5]]).toEqual(['amended', '2']);
  expect(await run(AMEND, name, 'op-1', '1', ...change)).toEqual(first);
  expect((await run(AMEND, name, 'op-2', '2', now, record(now, 3, 'b'), '', ''))[0]).toBe('amended');
  expect(await run(AMEND, name, 'op-1', '1', ...change)).toEqual(first);
  expect((await run(AMEND, name, 'op-3', '1', ...change))[0]).toBe('conflict');
  expect((await run(READ, name))[4]).toBe(record(now, 3, 'b'));
});

it.each([-2_000, 2_000])(
  'takes no record that was made for another time than its own (%d ms)',
  async (offMs) => {
    const { run, begin } = user();
    const { name } = await begin();
    const off = String(Number(await storeNow()) + offMs);
    const other = ids.parse(ids.mint('other'))?.name ?? '';
    const begun = await run(BEGIN, other, '0', '60000', '600000', '5', off, record(off, 1, 'x'), 'h1', 'k1');
    const clock = ['clock', expect.stringMatching(/^\d{13}$/)];
    expect(begun).toEqual(clock);
    expect(await run(AMEND, name, 'op-1', '1', off, record(off, 2, 'x'), '', '')).toEqual(clock);
    expect((await run(READ, other))[0]).toBe('absent');
    expect((await run(READ, name))[4]).toContain(' 1\n');
  },
);

it('replays an end on a session that has ended, and leaves it the reason that it has', async () => {
  const { run, begin } = user();
  const { name } = await begin();
  await run(END, name, 'op-1', 'logout', '', '');
  const ended = ['ended', 'logout', expect.any(String)];
  expect(await run(END, name, 'op-2', 'revoked', '', await storeNow())).toEqual(ended);
  expect(await run(READ, name)).toEqual(ended);
});

it('raises an epoch once when that is repeated, and keeps it no longer than it matters', async () => {
  const { index, run } = user();
  await run(RAISE_EPOCH, '', 'op-1', '');
  expect(await redis.pttl(index.replace(/i$/, 'e'))).toBeGreaterThan(0);
  const [epoch] = await run(EPOCH, '');
  await run(RAISE_EPOCH, '', 'op-1', '');
  expect((await run(EPOCH, ''))[0]).toEqual(epoch);
});

it('hands a parcel over once, however often each step is repeated', async () => {
  const { run, begin } = user();
  const { name } = await begin();
  await run(WRITE_DATA, name, 'op-1', 'order', '0', '1\n"a"');
  expect(await run(END, name, 'op-2', 'replaced', 'keepData', '')).toEqual(['done']);
  expect(await run(END, name, 'op-2', 'replaced', 'keepData', '')).toEqual(['done']);
  const claimed = ['claimed', '0', 'order', '1\n"a"'];
  expect(await run(CLAIM_PARCEL, name, 'claimant-1', '2000', 'sealed-1')).toEqual(claimed);
  expect(await run(CLAIM_PARCEL, name, 'claimant-1', '2000', 'sealed-1')).toEqual(claimed);
  expect(await run(CLAIM_PARCEL, name, 'claimant-2', '2000', 'sealed-2')).toEqual(['busy']);
  expect(await run(DROP_PARCEL, name, 'claimant-2')).toEqual(['refused']);
  expect(await run(DROP_PARCEL, name, 'claimant-1')).toEqual(['done']);
  expect(await run(DROP_PARCEL, name, 'claimant-1')).toEqual(['done']);
  expect(await run(CLAIM_PARCEL, name, 'claimant-1', '2000', 'sealed-1')).toEqual(['none']);
});

it('says of a repeated end that it ended the session, and of another end that it did not', async () => {
  const { run, begin } = user();
  const { name } = await begin();
  expect(await run(END, name, 'op-1', 'logout', '', '')).toEqual(['done']);
  expect(await run(END, name, 'op-1', 'logout', '', '')).toEqual(['done']);
  expect(await run(END, name, 'op-2', 'revoked', '', '')).toMatchObject([
    'ended',
    'logout',
    expect.any(String),
  ]);
});

it('repeats the answer of an end of all and ends nothing that began in between', async () => {
  const { run, begin } = user();
  await begin();
  await begin();
  const first = await run(END_ALL, '', 'op-1', 'revoked', '');
  expect(first).toHaveLength(6);
  const later = await begin('99999999999999');
  expect(await run(END_ALL, '', 'op-1', 'revoked', '')).toEqual(first);
  expect((await run(READ, later.name))[0]).toBe('live');
});

it('remembers an end of all that ended nothing', async () => {
  const { run } = user();
  const first = await run(END_ALL, '', 'op-1', 'revoked', '');
  expect(first).toEqual(['done', expect.stringMatching(/^\d{13}$/)]);
  expect(await run(END_ALL, '', 'op-1', 'revoked', '')).toEqual(first);
});

it('counts a repeated write once, also when another was written in between', async () => {
  const { run, begin } = user();
  const { name } = await begin();
  const write = (operation: string, version: number, held: string) =>
    run(WRITE_DATA, name, operation, 'order', String(version), held);
  expect(await write('op-1', 0, '1\n"a"')).toEqual(['written']);
  expect(await write('op-2', 1, '2\n"b"')).toEqual(['written']);
  expect(await write('op-1', 0, '1\n"a"')).toEqual(['written']);
  expect(await write('op-3', 0, '1\n"a"')).toEqual(['conflict', '2\n"b"']);
});

it('takes a repeated rotation for the race that it is, and reports a theft as one each time', async () => {
  const { run, begin } = user();
  const { name } = await begin();
  expect((await run(ROTATE, name, 'op-1', '1', 'h1', 'h2', 'k1', '30000', ''))[0]).toBe('rotated');
  expect((await run(ROTATE, name, 'op-1', '1', 'h1', 'h2', 'k1', '30000', ''))[0]).toBe('repeated');
  const theft = await run(ROTATE, name, 'op-2', '1', 'h1', 'h2', 'k1', '-1', '');
  expect(theft[0]).toBe('reused');
  expect(await run(ROTATE, name, 'op-2', '1', 'h1', 'h2', 'k1', '-1', '')).toEqual(theft);
});
