import { randomBytes } from 'node:crypto';
import { AUDIT_STREAM, AuditStream, type AuditEvent } from '@holdfast/service-defaults';
import { Sealing } from '@holdfast/session-core';
import { createRedis, type Redis } from '@holdfast/session-redis';
import { RedisServer } from '@holdfast/session-testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StreamMover } from './stream-mover.js';

const sealing = new Sealing({ secret: randomBytes(32).toString('base64url') });
let server: RedisServer;
let redis: Redis;
let stream: AuditStream;
let taken: AuditEvent[];
let lost: number;

beforeAll(async () => {
  server = await RedisServer.start();
  redis = createRedis({ url: server.url }, 'general');
});
beforeEach(() => {
  taken = [];
  lost = 0;
  stream = new AuditStream({ redis, sealing, maxLength: 100 });
});
afterEach(async () => {
  await stream.close();
  await redis.flushall();
});
afterAll(async () => {
  redis.disconnect();
  await server.dispose();
});

const take = async (events: readonly AuditEvent[]): Promise<void> => void taken.push(...events);
const moverWith = (put: (events: readonly AuditEvent[]) => Promise<void>, own = sealing) =>
  new StreamMover({ redis, sealing: own, put, onLost: (count) => (lost += count) });
async function tell(...sessionIds: string[]): Promise<void> {
  for (const sessionId of sessionIds) stream.note({ type: 'session-refreshed', sessionId });
  await stream.flush();
}
const told = () => taken.map(({ type, sessionId, detail }) => sessionId ?? [type, detail]);
const names = (count: number) => Array.from({ length: count }, (_, at) => `s-${at}`);

describe('StreamMover', () => {
  it('moves all that there is, in order, and leaves nothing behind', async () => {
    await tell(...names(1_203));
    const mover = moverWith(take);
    // Trimming is about whole nodes: what is there is moved.
    const there = await redis.xlen(AUDIT_STREAM);
    expect(await mover.move()).toBe(there);
    await tell('later');
    expect(await mover.move()).toBe(1);
    expect(told().at(-1)).toBe('later');
    expect(await redis.xlen(AUDIT_STREAM)).toBe(0);
  });

  it('G18: loses nothing with a reader that dies before it has written down what it read', async () => {
    await tell('one', 'two');
    const doomed = moverWith(async () => {
      throw new Error('killed');
    });
    await expect(doomed.move()).rejects.toThrow('killed');
    await tell('three');
    await moverWith(take).move();
    expect(told()).toEqual(['one', 'two', 'three']);
  });

  it('gives an event again whose reader died before it could say that it has it: with the same id', async () => {
    await tell('one');
    const doomed = moverWith(async (events) => {
      await take(events);
      throw new Error('killed');
    });
    await expect(doomed.move()).rejects.toThrow('killed');
    await moverWith(take).move();
    const [first, again] = taken;
    expect(taken).toHaveLength(2);
    expect(again).toEqual(first);
  });

  it('G18: counts what was trimmed before anybody read it, and tells the trail', async () => {
    await tell('read');
    const mover = moverWith(take);
    await mover.move();
    await tell(...names(40));
    await redis.xtrim(AUDIT_STREAM, 'MAXLEN', 10);
    await mover.move();
    expect(told().slice(0, 3)).toEqual(['read', ['events-lost', { count: 30, where: 'stream' }], 's-30']);
    expect(lost).toBe(30);
  });

  it('G18: counts what was trimmed after it was read and before it was written down', async () => {
    await tell(...names(40));
    const doomed = moverWith(async () => {
      throw new Error('away');
    });
    await expect(doomed.move()).rejects.toThrow('away');
    await redis.xtrim(AUDIT_STREAM, 'MAXLEN', 10);
    await moverWith(take).move();
    expect(lost).toBe(30);
    expect(taken).toHaveLength(11);
  });

  it('counts what it cannot open, and goes on', async () => {
    await tell('one', 'two');
    await moverWith(take, new Sealing({ secret: randomBytes(32).toString('base64url') })).move();
    expect(told()).toEqual([['events-lost', { count: 2, where: 'stream' }]]);
  });

  it('begins anew with a Redis that has lost everything', async () => {
    const mover = moverWith(take);
    await tell('one');
    await mover.move();
    await redis.flushall();
    await tell('two');
    await mover.move();
    expect(told()).toEqual(['one', 'two']);
  });
});

describe('AuditStream', () => {
  it('keeps what it tells sealed: a dump of Redis shows neither who nor where', async () => {
    stream.note({ type: 'session-touched', userId: 'ada', ip: '192.0.2.7', userAgent: 'spec/1' });
    await stream.flush();
    const entries = JSON.stringify(await redis.xrange(AUDIT_STREAM, '-', '+'));
    for (const secret of ['ada', '192.0.2.7', 'spec/1', 'touched']) expect(entries).not.toContain(secret);
  });

  it('never fills Redis: about as many entries stay as it may have', async () => {
    await tell(...names(2_000));
    // Whole nodes of a hundred entries go.
    expect(await redis.xlen(AUDIT_STREAM)).toBeLessThanOrEqual(200);
  });

  it('G18: keeps 5,000 events while Redis is away, counts the others, and tells the trail how many', async () => {
    let dropped = 0;
    const away = createRedis({ url: 'redis://127.0.0.1:1' }, 'general');
    const cut = new AuditStream({
      redis: away,
      sealing,
      maxLength: 100,
      onLost: (count) => (dropped += count),
    });
    for (const sessionId of names(5_007)) cut.note({ type: 'session-refreshed', sessionId });
    expect(dropped).toBe(7);
    away.disconnect();
    await cut.close();
    expect(dropped).toBe(5_007);
  });
});
