import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RedisServer } from '@holdfast/session-testing';
import type { Redis } from './create-redis.js';
import { markReconciled } from './reconciler.js';
import { eventually } from './spec/eventually.js';
import { Member } from './spec/member.js';
import { openSideDoor } from './spec/side-door.js';

let server: RedisServer;
let redis: Redis;
let members: Member[];

beforeAll(async () => {
  server = await RedisServer.start();
  redis = openSideDoor(server.url);
  await markReconciled(redis);
});
beforeEach(() => {
  members = [];
});
afterEach(() => Promise.all(members.map((member) => member.close())));
afterAll(async () => {
  redis.disconnect();
  await server.dispose();
});

async function newMember(isNear = true): Promise<Member> {
  const member = new Member({ url: server.url }, { durability: 'local', isNear });
  members.push(member);
  if (isNear) await member.stands('fresh');
  else await member.becomes('fresh');
  return member;
}

/** What a member answers of a session, and whether it had to ask. */
async function seen(member: Member, sessionId: string) {
  const answer = member.near.confirm(sessionId, 'read');
  const { found } = await answer;
  return { state: found.state, isNear: !(answer instanceof Promise) };
}

describe('a journal', () => {
  it('keeps a session near, and ends it everywhere before it is acknowledged', async () => {
    const [one, other, asking] = [await newMember(), await newMember(), await newMember(false)];
    const sessionId = await one.begin();
    for (const member of [one, other]) {
      expect(await seen(member, sessionId)).toEqual({ state: 'live', isNear: false });
      await eventually(async () =>
        expect(await seen(member, sessionId)).toEqual({ state: 'live', isNear: true }),
      );
    }
    await one.end(sessionId);
    await one.counts(3);
    for (const member of [one, other]) {
      expect(await seen(member, sessionId)).toEqual({ state: 'ended', isNear: true });
    }
    expect(await seen(asking, sessionId)).toEqual({ state: 'ended', isNear: false });
  });

  it('has a session that was changed read again', async () => {
    const [one, other] = [await newMember(), await newMember()];
    const sessionId = await one.begin();
    await seen(other, sessionId);
    await one.store.amend(sessionId, 1, { acr: 2 });
    await one.counts(2);
    const { found } = await other.near.confirm(sessionId, 'read');
    expect(found).toMatchObject({ record: { acr: 2, version: 2 } });
  });

  it('counts who does not confirm, and forgets who has signed off', async () => {
    const [one, other] = [await newMember(), await newMember()];
    other.read.disconnect();
    other.write.disconnect();
    const sessionId = await one.begin();
    await one.end(sessionId);
    await one.counts(1, 2);
    await redis.del(...(await redis.keys('hf:i:*')), 'hf:instances');
    await eventually(async () => expect(await redis.zcard('hf:instances')).toBe(1));
    const third = await newMember();
    await third.close();
    await one.counts(1);
  });
});
