import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Chaos } from './spec/chaos.js';
import { eventually } from './spec/eventually.js';
import { RedisFleet } from './spec/redis-fleet.js';

const IS_LONG = process.env['TEST_LONG'] === '1';
/** Tombstones have whole milliseconds. */
const CLOCK_MS = 2;
const BOUND_MS = 1_000;
const isLinux = process.platform === 'linux';

let fleet: RedisFleet;
let chaos: Chaos;

beforeEach(async () => {
  fleet = await RedisFleet.start({ cuttable: isLinux });
  chaos = new Chaos(fleet);
  await chaos.start({ here: 4, apart: 3 });
});
afterEach(() => fleet.stop());

/** No fault begins for a while, so that all can say what they have heard. */
let isCalm = false;
const upTo = (max: number): number => Math.random() * max;
const oneOf = <T>(all: readonly T[]): T => all[Math.floor(upTo(all.length))] as T;

/** Disturbs one way, or all of one member, for a while. */
async function disturbLinks(): Promise<void> {
  const { ways } = oneOf(chaos.readers);
  const some = Math.random() < 0.3 ? ways : [oneOf(ways)];
  const disturb = oneOf([
    () => some.forEach((way) => way.cut()),
    () => some.forEach((way) => way.hold()),
    () => some.forEach((way) => way.delay({ there: upTo(400), back: upTo(900) })),
  ]);
  disturb();
  await sleep(300 + upTo(2_000));
  for (const way of some) way.release();
}

/** Stalls one member that has a process of its own, or this one with all the others. */
async function stall(): Promise<void> {
  const { process } = oneOf(chaos.readers.filter((reader) => reader.process));
  if (Math.random() < 0.2) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, upTo(1_300));
  process?.kill('SIGSTOP');
  await sleep(300 + upTo(2_000));
  process?.kill('SIGCONT');
}

type Depose = (primary: Awaited<ReturnType<RedisFleet['primary']>>) => Promise<() => unknown>;

/** Ways for a primary to lose its place; each answers what brings the old one back. */
const DEPOSED: Readonly<Record<string, Depose>> = {
  split: async ({ address }) => {
    const others = [...fleet.nodes, ...fleet.sentinels].map((node) => node.address);
    fleet.network?.cut(
      [address],
      others.filter((other) => other !== address),
    );
    return () => fleet.network?.heal();
  },
  hang: async ({ server }) => {
    server.hang();
    return () => server.wake();
  },
  kill: async ({ server }) => {
    await server.kill();
    return () => undefined;
  },
  switch: async () => {
    await fleet.switchOver();
    return () => undefined;
  },
};

/** Has another node become the primary. Members learn of it late, and the old one comes back meanwhile. */
async function depose(how: string): Promise<void> {
  const before = await eventually(() => fleet.primary());
  const bringBack = await DEPOSED[how]?.(before);
  await eventually(async () => expect(await fleet.primary()).not.toBe(before));
  const leading = chaos.lead(() => upTo(2_000));
  await sleep(500 + upTo(1_500));
  await bringBack?.();
  await leading;
  await eventually(() => fleet.revive(before));
  await fleet.settled();
}

it(
  'serves no session a second after its end, nor once all have said that they know it, whatever happens',
  async () => {
    const until = performance.now() + (IS_LONG ? 120_000 : 6_000);
    const keepDoing = async (fault: () => Promise<void>): Promise<void> => {
      while (performance.now() < until) await (isCalm ? sleep(50) : fault());
    };
    const faults = [keepDoing(disturbLinks), keepDoing(disturbLinks), keepDoing(stall)];
    const hows = Object.keys(DEPOSED).filter((how) => isLinux || how !== 'split');
    for (let round = 0; round === 0 || performance.now() < until; round += 1) {
      await sleep(4_000); // faults of links and processes alone: what ends is written all the time
      await depose(hows[round % hows.length] ?? 'hang');
      isCalm = true;
      await sleep(3_500); // the last faults take half of it
      isCalm = false;
    }
    await Promise.all(faults);
    for (const { ways } of chaos.readers) for (const way of ways) way.release();
    // On a busy machine it takes longer until there is enough to judge.
    await eventually(() => expect(chaos.acknowledgedEnds).toBeGreaterThan(10));

    const { reports, ends } = await chaos.stop();
    const reads = reports.reduce((sum, report) => sum + report.reads, 0);
    const near = reports.reduce((sum, report) => sum + report.near, 0);
    const acknowledged = ends.filter(({ acknowledgedAt }) => acknowledgedAt !== undefined);
    process.stdout.write(
      `${reads} reads, ${near} near, ${ends.length} ends, ${acknowledged.length} acknowledged by all\n`,
    );
    const late = ends.flatMap(({ sessionId, endedAt, acknowledgedAt = Infinity }) =>
      reports.flatMap(({ served }, reader) => {
        const last = served[sessionId];
        if (!last) return [];
        const overMs = Math.max(last.answeredAt - endedAt - BOUND_MS, last.calledAt - acknowledgedAt);
        return overMs > CLOCK_MS ? [{ reader, overMs, acknowledged: acknowledgedAt < Infinity }] : [];
      }),
    );
    expect(late).toEqual([]);
    expect(reads).toBeGreaterThan(IS_LONG ? 100_000 : 1_000);
    expect(near).toBeGreaterThan(reads / 20);
    expect(acknowledged.length).toBeGreaterThan(10);
  },
  IS_LONG ? 600_000 : 120_000,
);
