import { setTimeout as sleep } from 'node:timers/promises';
import { askRedis, converse, elected, MASTER_NAME, vote, type FleetProcess } from '@holdfast/fleet-client';
import { StoreOpsError } from './errors.js';
import type { StoreLayout } from './layout.js';
import { hasAllOf, replicationOf, type Replication } from './replication.js';
import { within } from './within.js';

type Server = Pick<FleetProcess, 'id' | 'port'>;

/** What a switch came to. */
export interface Switch {
  readonly from: string;
  readonly to: string;
  /** From the pause of writes until the new primary was named and answered, in milliseconds. */
  readonly pausedMs: number;
}

const CATCH_UP_WITHIN_MS = 2_000;
// Sentinel gives a failover up after its failover-timeout, 10 s here. Writes stay paused for longer than that: one that
// the old primary took before a late promotion would be lost.
const SWITCH_WITHIN_MS = 12_000;
const MARGIN_MS = 3_000;
const AGREE_WITHIN_MS = 5_000;
// Whom a Sentinel sent to the old primary a moment ago has connected by then.
const CONNECTED_WITHIN_MS = 500;
const FOLLOW_WITHIN_MS = 20_000;
const SEND_CLIENTS_AWAY = ['CLIENT KILL TYPE normal', 'CLIENT KILL TYPE pubsub'];

/** The data node that most Sentinels name as the primary and that answers as one; `undefined` if there is none. */
export async function electedPrimary({ nodes, sentinels }: StoreLayout): Promise<Server | undefined> {
  const votes = await Promise.all(sentinels.map(({ port }) => vote(port)));
  const port = elected(votes.filter((each) => each !== undefined));
  const node = nodes.find((each) => each.port === port);
  return node !== undefined && (await replicationOf(node.port))?.role === 'master' ? node : undefined;
}

/**
 * Makes another data node the primary and loses nothing: writes pause, every replica gets all of them, then Sentinel
 * promotes one. Where that fails, writes go on at the old primary. `say` is told each step.
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
  const now = await moveTo(old, replicas, { layout, say });
  await close(old);
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

/** Pauses writes and has another promoted; writes go on where that fails. */
async function moveTo(
  old: Server,
  replicas: readonly Server[],
  { layout, say }: { layout: StoreLayout; say: (line: string) => void },
): Promise<Server> {
  try {
    await pauseWrites(old, CATCH_UP_WITHIN_MS + MARGIN_MS);
    say('Writes are paused.');
    await catchUp(old, replicas);
    say('Every replica has all of them.');
    await pauseWrites(old, SWITCH_WITHIN_MS + MARGIN_MS);
    return await promoteAnother(old, layout);
  } catch (error) {
    await askRedis(old.port, 'CLIENT UNPAUSE');
    throw error;
  }
}

/**
 * Sentinel would make a replica of the old primary only after 8 s. Until then it would take the writes that wait at it, and
 * lose them, and who reads there would read the past. A replica of itself refuses both, so that its clients look for the
 * new primary. If it does not answer its pause goes on, and Sentinel does the rest.
 */
async function close({ port }: Server): Promise<void> {
  await converse(port, [`REPLICAOF 127.0.0.1 ${port}`, ...SEND_CLIENTS_AWAY, 'CLIENT UNPAUSE']);
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
  await converse(old.port, [...SEND_CLIENTS_AWAY, `REPLICAOF 127.0.0.1 ${now.port}`]);
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

async function pauseWrites({ id, port }: Server, forMs: number): Promise<void> {
  const answer = await askRedis(port, `CLIENT PAUSE ${forMs} WRITE`);
  if (answer?.startsWith('+OK') !== true)
    throw new StoreOpsError(`${id} does not pause its writes: ${words(answer)}.`);
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
    // Paused, a primary does not answer its Sentinels' greetings either: they may have begun by themselves.
    if (last?.startsWith('+OK') === true || last?.startsWith('-INPROG') === true) return;
  }
  throw new StoreOpsError(`No Sentinel takes the order to switch: ${words(last)}.`);
}

function words(answer: string | undefined): string {
  return answer?.trim().replace(/^-/, '') ?? 'no answer';
}
