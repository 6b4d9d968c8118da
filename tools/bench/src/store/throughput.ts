import { randomUUID } from 'node:crypto';
import { startRedis, type TestServer } from '@holdfast/launcher';
import { defineNamespace } from '@holdfast/session-core';
import { z } from 'zod';
import { inFlight } from './in-flight.js';
import { CLIENT, connectInstance, OWNER, type Instance } from './instance.js';
import { infoNumber, lookAt, measure, type Measured } from './measure.js';

const CART = defineNamespace({
  name: 'order',
  owner: OWNER,
  schema: z.object({ items: z.array(z.string()) }),
});
const REPLICAS = 2;
const AT_A_TIME = 64;

/** What was measured of one operation, at one durability. */
export interface OperationCost extends Measured {
  readonly operation: string;
  readonly durability: 'replicated' | 'local';
}

/** Runs something on a primary with two replicas of its own. */
export async function onReplicas<T>(run: (primaryUrl: string) => Promise<T>): Promise<T> {
  const primary = await startRedis();
  const port = Number(new URL(primary.url).port);
  const replicas = await Promise.all(Array.from({ length: REPLICAS }, () => startRedis({ replicaOf: port })));
  try {
    await replicated(primary);
    return await run(primary.url);
  } finally {
    await Promise.all([...replicas, primary].map((server) => server.stop()));
  }
}

/**
 * Begins, reads, refreshes, writes of data and ends, 64 at a time, on a primary with two replicas: acknowledged by the
 * replicas (`replicated`), and not (`local`), in one run.
 */
export async function measureThroughput(url: string, count: number): Promise<readonly OperationCost[]> {
  const costs: OperationCost[] = [];
  for (const durability of ['local', 'replicated'] as const) {
    costs.push(...(await operations(url, durability, count)));
  }
  return costs;
}

async function operations(
  url: string,
  durability: 'replicated' | 'local',
  count: number,
): Promise<readonly OperationCost[]> {
  const instance = connectInstance(url, durability);
  const redis = lookAt(url);
  const costs: OperationCost[] = [];
  const note = async (operation: string, run: () => Promise<unknown>): Promise<void> => {
    costs.push({ operation, durability, ...(await measure(redis, count, run)) });
  };
  await signIn(instance, 500); // scripts are loaded, code is compiled
  let sessions = await signIn(instance, 0);
  await note('begin', async () => (sessions = await signIn(instance, count)));
  const each = (run: (session: Session) => Promise<unknown>) => () =>
    inFlight(count, AT_A_TIME, async (n) => run(sessions[n] ?? fail()));
  await note(
    'read',
    each(({ sessionId }) => instance.manager.resolve(sessionId)),
  );
  await note(
    'refresh',
    each(({ refreshToken }) => instance.manager.refresh(refreshToken)),
  );
  const cart = instance.manager.namespace(CART);
  await note(
    'update of data',
    each(({ sessionId }) => cart.update(sessionId, () => ({ items: ['tea', 'cup'] }))),
  );
  await note(
    'end',
    each(({ sessionId }) => instance.manager.revoke(sessionId, 'logout')),
  );
  await instance.store.close();
  await redis.quit();
  return costs;
}

interface Session {
  readonly sessionId: string;
  readonly refreshToken: string;
}

function signIn({ manager }: Instance, count: number): Promise<Session[]> {
  return inFlight(count, AT_A_TIME, async () => {
    const { session, refreshToken } = await manager.begin({
      userId: randomUUID(),
      roles: ['user'],
      client: CLIENT,
    });
    return { sessionId: session.record.sessionId, refreshToken };
  });
}

async function replicated({ url }: TestServer): Promise<void> {
  const redis = lookAt(url);
  while ((await redis.wait(REPLICAS, 1_000)) < REPLICAS)
    await infoNumber(redis, 'replication', 'connected_slaves');
  await redis.quit();
}

function fail(): never {
  throw new Error('There are fewer sessions than operations.');
}
