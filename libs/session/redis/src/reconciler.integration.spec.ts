import type { SessionsEnded } from '@holdfast/session-core';
import { RedisServer } from '@holdfast/session-testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Redis } from './create-redis.js';
import { MARK, RECON_KEY } from './recon-scripts.js';
import { markReconciled, type Reconciler } from './reconciler.js';
import { eventually } from './spec/eventually.js';
import { FragileLedger } from './spec/fragile-ledger.js';
import { Member } from './spec/member.js';
import { openSideDoor } from './spec/side-door.js';

describe('a reconciler', () => {
  let server: RedisServer;
  let redis: Redis;
  let ledger: FragileLedger;
  let member: Member;
  let reconcilers: Reconciler[];
  let ended: SessionsEnded[];
  let troubles: (string | undefined)[];

  const recon = async () =>
    (await redis.hgetall('hf:recon')) as { readonly id?: string; readonly seq?: string };
  const start = (by = ledger): void => {
    const onEnded = (ends: SessionsEnded) => ended.push(ends);
    const onTrouble = (failure: Error | undefined) => troubles.push(failure?.name);
    reconcilers.push(member.reconcile(by, { onEnded, onTrouble }));
  };
  const hasSeen = (sequence: number) =>
    eventually(async () =>
      expect(await recon()).toMatchObject({ seq: String(sequence), id: expect.anything() }),
    );

  beforeEach(async () => {
    server = await RedisServer.start();
    redis = openSideDoor(server.url);
    member = new Member({ url: server.url }, { durability: 'local', patienceMs: 500 });
    ledger = new FragileLedger();
    [reconcilers, ended, troubles] = [[], [], []];
  });

  afterEach(async () => {
    await Promise.all(reconcilers.map((reconciler) => reconciler.close()));
    await member.close();
    redis.disconnect();
    await server.dispose();
  });

  it('has an empty data set believed, which nobody believes before', async () => {
    await member.becomes('suspect');
    await expect(member.store.read(await member.begin().catch(() => 'none'))).resolves.toMatchObject({
      state: 'absent',
    });
    expect(await redis.keys('hf:{*')).toEqual([]);
    start();
    await member.becomes('fresh');
    await member.begin();
    expect(member.heard).toEqual([
      'suspect: The data set has not been reconciled with the ledger.',
      'fresh: The primary is confirmed.',
    ]);
  });

  it('G9: has what the ledger has ended end again, with its reason, where all data is gone', async () => {
    start();
    await member.becomes('fresh');
    const [known, unknown] = [await member.begin(), await member.begin()];
    await ledger.record({ kind: 'session', sessionId: known, because: 'revoked' });
    await hasSeen(1);
    await redis.flushall();
    await member.becomes('suspect', 'dark');
    await hasSeen(1);
    await member.becomes('fresh');
    expect(await member.store.read(known)).toMatchObject({ state: 'ended', because: 'revoked' });
    expect(await member.store.read(unknown)).toMatchObject({ state: 'absent' });
  });

  it('G9: has nobody believe a server that was started again before it has caught up', async () => {
    start();
    await member.becomes('fresh');
    const sessionId = await member.begin();
    await server.kill();
    ledger.isAway = true;
    await ledger.record({ kind: 'session', sessionId, because: 'logout' });
    await server.start();
    await member.becomes('suspect');
    await expect(member.store.read(sessionId)).rejects.toThrow();
    ledger.isAway = false;
    const found = await eventually(() => member.store.read(sessionId));
    expect(found).toMatchObject({ state: 'ended', because: 'logout' });
  });

  it('carries out what a crash has left undone, and tells which sessions that ended', async () => {
    start();
    await member.becomes('fresh');
    const userId = 'user';
    const [first, second] = [await member.begin(userId), await member.begin(userId)];
    await ledger.record({ kind: 'user', userId, because: 'password-changed', keepSessionId: first });
    await hasSeen(1);
    expect(ended).toEqual([{ sessionIds: [second], because: 'password-changed', userId }]);
    expect(await member.store.read(first)).toMatchObject({ state: 'live' });
  });

  it('leaves what was recorded a moment ago to whoever recorded it, who counts what that ends', async () => {
    start();
    await member.becomes('fresh');
    const sessionId = await member.begin();
    await ledger.record({ kind: 'session', sessionId, because: 'logout' });
    reconcilers[0]?.poke();
    await reconcilers[0]?.close();
    expect(await member.store.read(sessionId)).toMatchObject({ state: 'live' });
    start();
    await hasSeen(1);
    expect(await member.store.read(sessionId)).toMatchObject({ state: 'ended', because: 'logout' });
  });

  it('catches up over more entries than one batch has, two at a time as well', async () => {
    const entries = 1_200;
    await markReconciled(redis);
    await member.becomes('fresh');
    const sessionId = await member.begin();
    for (let count = 1; count < entries; count += 1) {
      await ledger.record({ kind: 'user', userId: `user ${count}`, because: 'revoked' });
    }
    await ledger.record({ kind: 'session', sessionId, because: 'logout' });
    start();
    start();
    await hasSeen(entries);
    expect(await member.store.read(sessionId)).toMatchObject({ state: 'ended', because: 'logout' });
    expect(ended.map(({ sessionIds }) => sessionIds)).toEqual([[sessionId]]);
  });

  it('G9: is held up by no record that scripts cannot read: it ends with the others', async () => {
    await markReconciled(redis);
    await member.becomes('fresh');
    const userId = 'user';
    const [broken, sound] = [await member.begin(userId), await member.begin(userId)];
    await redis.set(member.keyOf(broken), '1 live of another time', 'KEEPTTL');
    await expect(member.store.read(broken)).rejects.toThrow('unreadable');
    expect(await member.store.list(userId)).toMatchObject([{ record: { sessionId: sound } }]);
    await ledger.record({ kind: 'user', userId, because: 'revoked' });
    await redis.hdel('hf:recon', 'id');
    start();
    await hasSeen(1);
    await member.becomes('fresh');
    for (const sessionId of [broken, sound])
      expect(await member.store.read(sessionId)).toMatchObject({ state: 'ended', because: 'revoked' });
  });

  it('begins again where the ledger was restored from a backup and has fewer entries', async () => {
    await redis.hset('hf:recon', 'seq', '7');
    await ledger.record({ kind: 'user', userId: 'user', because: 'revoked' });
    start();
    await hasSeen(1);
    await member.becomes('fresh');
    expect(await member.store.epoch('user')).toBe(await ledger.epochOf('user'));
  });

  it('begins again also in a data set that is reconciled', async () => {
    start();
    await member.becomes('fresh');
    const userId = 'user';
    await redis.hset('hf:recon', 'seq', '7');
    await ledger.record({ kind: 'user', userId, because: 'revoked' });
    await hasSeen(1);
    expect(await member.store.epoch(userId)).toBe(await ledger.epochOf(userId));
  });

  it('marks only the server that was looked at, and with no lower sequence unless it begins again', async () => {
    const mark = (...args: string[]) => MARK.run(redis, RECON_KEY, args);
    expect(await mark('another', '5', 'reset', 'done')).toEqual(['other']);
    expect(await recon()).toEqual({});
    for (const [sequence, reset, seen] of [
      ['5', '', '5'],
      ['4', '', '5'],
      ['10', '', '10'],
      ['3', 'reset', '3'],
    ] as const) {
      expect(await mark('', sequence, reset, '')).toEqual(['marked']);
      expect(await recon()).toEqual({ seq: seen });
    }
  });

  it('leaves a reconciled data set believed and another one not while the ledger is away; tells it once', async () => {
    start();
    await member.becomes('fresh');
    ledger.isAway = true;
    const sessionId = await member.begin();
    reconcilers[0]?.poke();
    await eventually(() => expect(troubles.at(-1)).toBe('LedgerUnavailableError'));
    expect(await member.store.read(sessionId)).toMatchObject({ state: 'live' });
    await redis.flushall();
    await member.becomes('suspect');
    await expect(member.store.read(sessionId)).rejects.toThrow();
    ledger.isAway = false;
    await member.becomes('fresh');
    await eventually(() => expect(troubles.at(-1)).toBe(undefined));
    expect(troubles.filter((name) => name === 'LedgerUnavailableError')).toHaveLength(1);
  });
});
