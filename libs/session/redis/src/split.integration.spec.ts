import { setTimeout as sleep } from 'node:timers/promises';
import { MemoryRevocationLedger } from '@holdfast/session-core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Network } from '@holdfast/session-testing';
import type { Reconciler } from './reconciler.js';
import { eventually } from './spec/eventually.js';
import { Member } from './spec/member.js';
import { RedisFleet } from './spec/redis-fleet.js';

const US = '127.0.0.1';

// Who is on which side is known by addresses of the loopback, which only Linux has more than one of.
(process.platform === 'linux' ? describe : describe.skip)(
  'a process that is cut off with its primary',
  () => {
    let fleet: RedisFleet;
    let network: Network;
    let auth: Member;
    let member: Member;
    let reconciler: Reconciler;

    beforeEach(async () => {
      fleet = await RedisFleet.start({ cuttable: true });
      if (!fleet.network) throw new Error('There is no network.');
      network = fleet.network;
      auth = new Member(fleet.config);
      reconciler = auth.reconcile(new MemoryRevocationLedger());
      member = new Member(fleet.config, { patienceMs: 300 });
      await member.becomes('fresh');
    });

    afterEach(async () => {
      await reconciler.close();
      await Promise.all([auth.close(), member.close()]);
      await fleet.stop();
    });

    /** Cuts us off with some nodes, and waits until the others have a primary of their own. */
    async function cutOffWith(...ours: readonly { readonly address: string }[]): Promise<number> {
      const everybody = [...fleet.nodes, ...fleet.sentinels].map(({ address }) => address);
      const here = [US, ...ours.map(({ address }) => address)];
      const cutAt = performance.now();
      network.cut(
        here,
        everybody.filter((address) => !here.includes(address)),
      );
      return cutAt;
    }

    async function othersElect(): Promise<void> {
      await eventually(async () => {
        const roles = await Promise.all(fleet.nodes.slice(1).map(({ redis }) => redis.info('replication')));
        if (!roles.some((info) => info.includes('role:master'))) throw new Error('Nobody was promoted.');
      });
    }

    it.each([
      ['alone', 0],
      ['and one replica and one Sentinel', 1],
    ])(
      'believes nothing after a second and gets nothing acknowledged: the primary %s',
      async (_name, more) => {
        const [primary, replica] = fleet.nodes;
        const sessionId = await member.begin();
        const stop = member.load();
        await member.goesOn(20);
        const company = more ? [replica, fleet.sentinels[0]] : [];
        const cutAt = await cutOffWith(primary, ...company);
        await sleep(100); // what was acknowledged by both replicas is answered
        const acknowledged = member.begun.length + member.ended.length;
        let lastBelievedAt = 0;
        for (; performance.now() < cutAt + 2_500; await sleep(5)) {
          const askedAt = performance.now();
          await member.belief
            .ask(() => member.read.ping())
            .then(
              () => (lastBelievedAt = askedAt),
              () => undefined,
            );
        }
        await othersElect();
        expect(member.begun.length + member.ended.length).toBe(acknowledged);
        expect(lastBelievedAt - cutAt).toBeLessThan(1_000);
        await expect(member.store.read(sessionId)).rejects.toThrow();
        network.heal();
        await member.becomes('fresh');
        await stop();
        expect(await member.lost()).toEqual([]);
      },
    );

    it('leaves a primary that lives, but that the Sentinels have left, for theirs', async () => {
      const [primary] = fleet.nodes;
      const sessionId = await member.begin();
      const others = [...fleet.nodes, ...fleet.sentinels].filter((node) => node !== primary);
      network.cut(
        [primary.address],
        others.map(({ address }) => address),
      );
      await othersElect();
      await eventually(() => member.end(sessionId));
      expect(member.belief.server?.address).not.toMatch(new RegExp(`:${primary.port}$`));
    });
  },
);
