import { Network, RedisServer } from '@holdfast/session-testing';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createRedis, type Redis } from './create-redis.js';
import { markReconciled } from './reconciler.js';
import { eventually } from './spec/eventually.js';
import { Member } from './spec/member.js';
import { openSideDoor } from './spec/side-door.js';

const [US, SERVER] = ['127.0.0.1', 'server'];

let network: Network;
let server: RedisServer;
/** Through the network. */
let url: string;
let redis: Redis;
let member: Member;
/** Closes what a test has opened, also where it fails: Jest does not exit while a member beats. */
const closing: (() => unknown)[] = [];

function start(...args: ConstructorParameters<typeof Member>): Member {
  const started = new Member(...args);
  closing.push(() => started.close());
  return started;
}

beforeEach(async () => {
  server = await RedisServer.start();
  network = new Network();
  url = `redis://${US}:${await network.open(SERVER, server.port)}`;
  redis = openSideDoor(server.url);
  await markReconciled(redis);
  member = start({ url }, { durability: 'local', patienceMs: 1_000 });
  await member.becomes('fresh');
});

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  redis.disconnect();
  network.close();
  await server.dispose();
});

it('is over a second after a connection went dumb, and back when the network is', async () => {
  const sessionId = await member.begin();
  network.cut([US], [SERVER]);
  await member.becomes('dark');
  await expect(member.store.read(sessionId)).rejects.toThrow();
  network.heal();
  const found = await eventually(() => member.store.read(sessionId));
  expect(found).toMatchObject({ state: 'live' });
});

it('is over after a pause of the process, before anything else can tell', async () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100);
  let isAsked = false;
  const ask = member.belief.ask(async () => (isAsked = true));
  await expect(ask).rejects.toMatchObject({ name: 'NotBelievedError' });
  expect(isAsked).toBe(false);
  await member.becomes('fresh');
  await member.belief.ask(() => Promise.resolve());
});

it('is counted from when a beat was sent, however late its answer is', async () => {
  const brief = start({ url: server.url }, { durability: 'local', maxStalenessMs: 200 });
  await brief.becomes('fresh');
  await eventually(async () => {
    const beat = brief.belief.look();
    await new Promise(setImmediate);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    await beat; // not where the machine is so busy that the answer takes even longer
  });
  expect(brief.belief.state).not.toBe('fresh');
});

it('is of one server: what another one answers does not count', async () => {
  const other = await RedisServer.start();
  closing.push(() => other.dispose());
  const read = createRedis({ url: other.url }, 'read');
  const both = start({ url: server.url }, { durability: 'local', patienceMs: 200, read });
  await both.becomes('fresh');
  for (const access of [both.belief, both.belief.unfenced]) {
    const asks = () => expect(access.ask((reads) => reads.ping())).rejects.toThrow('another server');
    await eventually(asks); // between its attempts to find the right one it is on none
  }
});

it('does not count an answer of which a part came over another connection', async () => {
  const answer = member.belief.ask(async (read) => {
    const isBack = new Promise((resolve) => read.once('ready', resolve));
    read.disconnect(true);
    await isBack;
    return read.ping();
  });
  await expect(answer).rejects.toThrow('The connection was lost.');
});

it('does not count an answer that came after it was over', async () => {
  const answer = member.belief.ask(async () => {
    await redis.del('hf:recon');
    await member.becomes('suspect');
    return 'live';
  });
  await expect(answer).rejects.toMatchObject({ name: 'NotBelievedError' });
});

it('never sends a write again by itself: it might reach another primary, or come too late', async () => {
  const write = createRedis({ url }, 'write');
  closing.push(() => write.disconnect());
  const isReady = () => new Promise((resolve) => write.once('ready', resolve));
  await isReady();
  network.cut([US], [SERVER]);
  const late = write.set('late', 'yes');
  const isBack = isReady();
  network.heal();
  await expect(late).rejects.toThrow();
  await isBack;
  expect(await write.exists('late')).toBe(0);
});

it('G6: time in which nobody could be answered makes nobody a thief', async () => {
  const sessionId = await member.begin();
  const swap = () => {
    const presented = { sessionId, generation: 1, hash: 'h1' };
    return member.store.rotate(presented, { hash: 'h2', keyId: 'k1' }, 500);
  };
  expect(await swap()).toMatchObject({ outcome: 'rotated' });
  network.cut([US], [SERVER]);
  await member.becomes('dark');
  network.heal();
  await member.becomes('fresh');
  expect(member.belief.awayMs).toBeGreaterThan(1_000);
  expect(await swap()).toMatchObject({ outcome: 'repeated', generation: 2 });
});
