import { RedisServer } from '@holdfast/session-testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Redis } from './create-redis.js';
import { markReconciled } from './reconciler.js';
import { eventually } from './spec/eventually.js';
import { JournalStage, keeps, lastServed, type Ways } from './spec/journal-stage.js';
import { Member, type MemberOptions } from './spec/member.js';
import { openSideDoor } from './spec/side-door.js';

type Link = keyof Ways;

describe('a split brain', () => {
  let stage: JournalStage;
  let other: RedisServer;
  let redis: Redis;
  let writer: Member;

  beforeEach(async () => {
    stage = await JournalStage.open();
    other = await RedisServer.start('--replicaof', '127.0.0.1', String(stage.server.port));
    redis = openSideDoor(other.url);
    await eventually(async () => expect(await stage.redis.info('replication')).toMatch('state=online'));
    await markReconciled(stage.redis); // the first replica has given it another replication id
  });
  afterEach(async () => {
    redis.disconnect();
    await writer.close();
    await stage.close();
    await other.dispose();
  });

  /** Both are primaries now, and the other one is where sessions end. */
  async function promote(): Promise<void> {
    await redis.call('REPLICAOF', 'NO', 'ONE');
    await markReconciled(redis);
    writer = new Member({ url: other.url }, { durability: 'local' });
    await writer.becomes('fresh');
  }

  async function nearOne(options: MemberOptions): Promise<readonly [Member, Ways, string]> {
    const [member, ways] = await stage.reached({ patienceMs: 300, ...options });
    const sessionId = await member.begin();
    await keeps(member, sessionId);
    return [member, ways, sessionId];
  }

  it('serves nobody a second after the end whose primary was deposed: no replica acknowledges its beats', async () => {
    const [member, , sessionId] = await nearOne({ durability: 'replicated' });
    await promote();
    await writer.end(sessionId);
    const endedAt = performance.now();
    expect(await lastServed(member, sessionId, endedAt + 2_500)).toBeLessThan(endedAt + 1_000);
  });

  it.each<[string, readonly Link[]]>([
    ['its journal', ['write', 'read']],
    ['its journal and its data', ['write']],
    ['its data', ['write', 'journal']],
  ])('rule 8: serves nobody a second after the end who beats there, but has %s here', async (_, there) => {
    const [member, ways, sessionId] = await nearOne({ durability: 'local' });
    await promote();
    for (const link of there) {
      ways[link].lead(other.port);
      ways[link].break();
    }
    await eventually(() =>
      expect(member.belief.confirmed.identity).toMatch(writer.belief.confirmed.identity),
    );
    await writer.end(sessionId);
    const endedAt = performance.now();
    expect(await lastServed(member, sessionId, endedAt + 2_500)).toBeLessThan(endedAt + 1_000);
  });
});
