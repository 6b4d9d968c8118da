import { setTimeout as sleep } from 'node:timers/promises';
import { askRedis, elected, MASTER_NAME, vote, type FleetProcess } from '@holdfast/fleet-client';
import { StoreOpsError } from './errors.js';
import type { StoreLayout } from './layout.js';
import { hasAllOf, replicationOf, type Replication } from './replication.js';
import { sendClientsAway } from './send-clients-away.js';
import { within } from './within.js';
import { wordsOf, WriteGate } from './write-gate.js';

type Server = Pick<FleetProcess, 'id' | 'port'>;

/** What a switch came to. */
export interface Switch {
  readonly from: string;
  readonly to: string;
  /** For how long no node took writes, in milliseconds. */
  readonly pausedMs: number;
}

const CATCH_UP_WITHIN_MS = 2_000;
// Sentinel gives a failover up after its failover-timeout, 10 s here. Writes stay away for longer than that: one that the
// old primary took before a late promotion would be lost.
const SWITCH_WITHIN_MS = 12_000;
const AGREE_WITHIN_MS = 5_000;
// Whom a Sentinel sent to the old primary a moment ago has connected by then.
const CONNECTED_WITHIN_MS = 500;
const FOLLOW_WITHIN_MS = 20_000;

/** The data node that most Sentinels name as the primary and that answers as one; `undefined` if there is none. */
export async function electedPrimary({ nodes, sentinels }: StoreLayout): Promise<Server | undefined> {
  const votes = await Promise.all(sentinels.map(({ port }) => vote(port)));
  const port = elected(votes.filter((each) => each !== undefined));
  const node = nodes.find((each) => each.port === port);
  return node !== undefined && (await replicationOf(node.port))?.role === 'master' ? node : undefined;
}

/**
 * Makes another data node the primary and loses nothing: the old one takes no more writes, every replica gets all that there
 * are, then Sentinel promotes one. Where that fails the old one takes writes again. `say` is told each step.
 *
 * @throws StoreOpsError with the reason why nothing was switched
 */
export async function switchPrimary(layout: StoreLayout, say: (line: string) => void): Promise<Switch> {
  if (layout.nodes.length < 2 || layout.sentinels.length === 0) {
    throw new StoreOpsError('This platform has one Redis node: there is no other to switch to.');
  }
  const old = await electedPrimary(layout);
  if (old === undefined) {
    throw new StoreOpsError(
      'The Sentinels name no primary that answers: only a store that is well can be switched.',
    );
  }
  const replicas = await followersOf(old, layout);
  say(`${old.id} is the primary; ${replicas.map(({ id }) => id).join(' and ')} follow it.`);
  const startedAt = performance.now();
  const gate = await WriteGate.at(old);
  const now = await moveTo(old, replicas, { layout, say, gate });
  await leave(old, gate);
  const pausedMs = Math.round(performance.now() - startedAt);
  await letFollow(old, now, layout);
  say(`${now.id} is the primary, after ${pausedMs} ms without writes.`);
  if (!replicas.includes(now)) {
    throw new StoreOpsError(`${now.id} was promoted and had not got all writes: some may be lost.`);
  }
  return { from: old.id, to: now.id, pausedMs };
}

/** Waits until a node that was the primary follows the one that all name now: before that the store has a copy less. */
export async function awaitFollower(layout: StoreLayout, id: string): Promise<void> {
  const port = layout.nodes.find((node) => node.id === id)?.port ?? 0;
  const settled = async () =>
    (await electedPrimary(layout)) !== undefined && follows(await replicationOf(port)) ? true : undefined;
  if ((await within(FOLLOW_WITHIN_MS, settled)) === undefined) {
    throw new StoreOpsError(
      `The switch is done and nothing is lost, but ${id} does not follow the new primary yet: look at its log.`,
    );
  }
}

/** Closes the gate and has another promoted; opens it again where that fails. */
async function moveTo(
  old: Server,
  replicas: readonly Server[],
  { layout, say, gate }: { layout: StoreLayout; say: (line: string) => void; gate: WriteGate },
): Promise<Server> {
  try {
    await gate.close();
    say(`${old.id} takes no more writes.`);
    await catchUp(old, replicas);
    say('Every replica has all that there are.');
    return await promoteAnother(old, layout);
  } catch (error) {
    await gate.open();
    throw error;
  }
}

/**
 * Sentinel would make a replica of the old primary only after 8 s, and until then who reads there would read the past. A
 * replica of itself refuses reads and writes, so that its clients look for the new primary.
 */
async function leave({ port }: Server, gate: WriteGate): Promise<void> {
  await askRedis(port, `REPLICAOF 127.0.0.1 ${port}`);
  await sendClientsAway(port);
  await gate.open();
}

/**
 * Lets the old primary follow the new one once every Sentinel that answers sends clients there. A client that only reads
 * notices nothing at a replica: it would stay, and read a little of the past for ever.
 */
async function letFollow(old: Server, now: Server, { sentinels }: StoreLayout): Promise<void> {
  await within(AGREE_WITHIN_MS, async () => {
    const votes = await Promise.all(sentinels.map(({ port }) => vote(port)));
    return votes.every((port) => port === undefined || port === now.port) ? true : undefined;
  });
  await sleep(CONNECTED_WITHIN_MS);
  await sendClientsAway(old.port);
  await askRedis(old.port, `REPLICAOF 127.0.0.1 ${now.port}`);
}

/** The replicas that follow the primary. One that answers and does not could be promoted all the same. */
async function followersOf(old: Server, { nodes }: StoreLayout): Promise<readonly Server[]> {
  const others = nodes.filter((node) => node !== old);
  const seen = await Promise.all(others.map(({ port }) => replicationOf(port)));
  const stray = others.find((_node, at) => seen[at] !== undefined && !follows(seen[at]));
  if (stray !== undefined) {
    throw new StoreOpsError(`${stray.id} answers and does not follow ${old.id}: wait until it does.`);
  }
  const followers = others.filter((_node, at) => follows(seen[at]));
  if (followers.length > 0) return followers;
  throw new StoreOpsError(`No replica of ${old.id} is online: there is nobody to switch to.`);
}

function follows(seen: Replication | undefined): boolean {
  return seen?.role === 'slave' && seen.linkUp;
}

async function catchUp(old: Server, replicas: readonly Server[]): Promise<void> {
  const equal = await within(CATCH_UP_WITHIN_MS, async () => {
    // The primary first: what a replica has then is at least as new.
    const primary = await replicationOf(old.port);
    const seen = await Promise.all(replicas.map(({ port }) => replicationOf(port)));
    return primary !== undefined && seen.every((each) => hasAllOf(primary, each)) ? true : undefined;
  });
  if (equal === undefined) {
    throw new StoreOpsError(
      `The replicas have not caught up with ${old.id} in ${CATCH_UP_WITHIN_MS / 1_000} s: it stays the primary.`,
    );
  }
}

async function promoteAnother(old: Server, layout: StoreLayout): Promise<Server> {
  await askForFailover(layout);
  const promoted = await within(SWITCH_WITHIN_MS, () => newPrimary(old, layout));
  if (promoted !== undefined) return promoted;
  throw new StoreOpsError(
    `Sentinel has promoted nobody in ${SWITCH_WITHIN_MS / 1_000} s: ${old.id} stays the primary.`,
  );
}

/** Whom a first Sentinel names: the others hear of it within 2 s, and clients ask any of them. */
async function newPrimary(old: Server, { nodes, sentinels }: StoreLayout): Promise<Server | undefined> {
  const votes = await Promise.all(sentinels.map(({ port }) => vote(port)));
  const named = nodes.find((node) => node !== old && votes.includes(node.port));
  return named !== undefined && (await replicationOf(named.port))?.role === 'master' ? named : undefined;
}

async function askForFailover({ sentinels }: StoreLayout): Promise<void> {
  let last: string | undefined;
  for (const { port } of sentinels) {
    last = await askRedis(port, `SENTINEL FAILOVER ${MASTER_NAME}`);
    if (last?.startsWith('+OK') === true) return;
  }
  throw new StoreOpsError(`No Sentinel takes the order to switch: ${wordsOf(last)}.`);
}
