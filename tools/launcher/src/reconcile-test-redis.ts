import { createRedis, markReconciled } from '@holdfast/session-redis';

/** Databases that a Redis has unless it is told otherwise. */
const DATABASES = 16;

const ATTEMPTS = 100;

/**
 * Marks each database of a Redis for tests as reconciled with a ledger that has no entries: services are tested there
 * without an auth that would do it, and believe no store before.
 */
export async function reconcileTestRedis(url: string): Promise<void> {
  await Promise.all(
    Array.from({ length: DATABASES }, async (_, database) => {
      const redis = createRedis({ url: new URL(`/${database}`, url).href }, 'general');
      await patiently(() => markReconciled(redis));
      redis.disconnect();
    }),
  );
}

/** A machine that is busy with tests takes longer than the platform waits for a Redis. */
async function patiently(operation: () => Promise<void>): Promise<void> {
  for (let left = ATTEMPTS; ; left -= 1) {
    try {
      return await operation();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}
