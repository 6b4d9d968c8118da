import { createRedis, markReconciled } from '@holdfast/session-redis';

/** Databases that a Redis has unless it is told otherwise. */
const DATABASES = 16;

/**
 * Marks each database of a Redis for tests as reconciled with a ledger that has no entries: services are tested there
 * without an auth that would do it, and believe no store before.
 */
export async function reconcileTestRedis(url: string): Promise<void> {
  await Promise.all(
    Array.from({ length: DATABASES }, async (_, database) => {
      const redis = createRedis({ url: new URL(`/${database}`, url).href }, 'general');
      await markReconciled(redis);
      await redis.quit();
    }),
  );
}
