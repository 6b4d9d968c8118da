import { randomBytes, randomUUID } from 'node:crypto';
import {
  beginRecord,
  NearCache,
  NearSessions,
  SessionIds,
  SessionKeys,
  show,
  systemClock,
} from '@holdfast/session-core';
import { whole } from '../print.js';

const SESSIONS = 10_000;
const HITS = 2_000_000;
const HOUR_MS = 3_600_000;
const NANOS_A_MICRO = 1_000;
const CLIENT = {
  ip: '203.0.113.77',
  userAgent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
};

/** What a session that is near costs. */
export interface NearCost {
  readonly nanosAHit: number;
  /** Bytes of the process. */
  readonly bytesASession: number;
  /** Bytes by the cache's own estimate. */
  readonly estimatedBytes: number;
}

/** Measures what a session that is near costs, and prints it. */
export async function benchNear(say: (line: string) => void): Promise<void> {
  const { nanosAHit, bytesASession, estimatedBytes } = await measureNear(SESSIONS, HITS);
  say(`a hit, of ${whole(SESSIONS)} sessions: ${whole(nanosAHit)} ns`);
  say(`a session: ${whole(bytesASession)} bytes, by the cache's estimate ${whole(estimatedBytes)}`);
}

/** Keeps so many sessions and confirms them so often. The bytes are right only where `global.gc` is there. */
export async function measureNear(sessions: number, hits: number): Promise<NearCost> {
  const ids = new SessionIds(SessionKeys.fromSecret(randomBytes(32).toString('base64url')));
  const cache = new NearCache();
  const store = { now: () => systemClock.now(), read: () => Promise.reject(new Error('Nobody is asked.')) };
  const near = new NearSessions({ cache, store, ids, state: () => 'fresh' });
  cache.confirm(performance.now());
  const minted = Array.from({ length: sessions }, () => ids.mint(randomUUID()));
  const names = minted.map((sessionId) => ids.parse(sessionId)?.name ?? ''); // remembered elsewhere
  const before = usedBytes();
  const kept = minted.map((sessionId, at) => keep(cache, sessionId, names[at]));
  const bytesASession = (usedBytes() - before) / sessions;
  let nanos = 0;
  for (let done = 0; done < hits; done += sessions) {
    cache.confirm(performance.now());
    const from = process.cpuUsage();
    for (const sessionId of kept) if (near.confirm(sessionId, 'read') instanceof Promise) throw MISSED;
    const { user, system } = process.cpuUsage(from); // a machine that is busy takes nothing of it
    nanos += (user + system) * NANOS_A_MICRO;
  }
  return { nanosAHit: nanos / hits, bytesASession, estimatedBytes: cache.bytes / cache.size };
}

const MISSED = new Error('A session is not near.');

/** Keeps a session as it comes from the store: nothing of it is shared with another one. */
function keep(cache: NearCache, sessionId: string, name = ''): string {
  const own = Buffer.from(sessionId).toString();
  const timeouts = { idleTimeoutMs: HOUR_MS, absoluteTimeoutMs: 24 * HOUR_MS };
  const begun = { sessionId: own, userId: randomUUID(), roles: ['customer'], acr: 1, epoch: 0, ...timeouts };
  const record = beginRecord({ ...begun, client: structuredClone(CLIENT) }, systemClock.now());
  cache.fill(cache.ticket(name, performance.now()), show(record, record.createdAt, record.createdAt));
  return sessionId;
}

function usedBytes(): number {
  global.gc?.();
  return process.memoryUsage().heapUsed;
}
