import { expect, it } from '@jest/globals';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { NearCache } from './near-cache.js';
import { liveSession } from './spec/live-session.js';

const SESSIONS = 10_000;
const USER_AGENT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Safari/537.36';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function usedBytes(): number {
  collectGarbage();
  return getHeapStatistics().used_heap_size;
}

/** A text that nothing else has. */
function own(text: string): string {
  return Buffer.from(text).toString();
}

function keep(cache: NearCache, at: number): void {
  const client = { ip: own('203.0.113.7'), userAgent: own(USER_AGENT) };
  const sessionId = own(String(at).padStart(64, 's'));
  const userId = own(String(at).padStart(36, 'u'));
  const session = liveSession({ sessionId, userId, client, roles: [own('customer')] });
  cache.fill(cache.ticket(own(String(at).padStart(12, 'n')), 0), session);
}

it('takes about as many bytes as it says, so that it is bounded by them', () => {
  const cache = new NearCache({ capacity: SESSIONS });
  const before = usedBytes();
  for (let at = 0; at < SESSIONS; at += 1) keep(cache, at);
  const measured = usedBytes() - before;
  expect(cache.size).toBe(SESSIONS);
  expect(measured).toBeLessThan(cache.bytes * 1.3);
  expect(measured).toBeGreaterThan(cache.bytes / 4);
  for (let at = 0; at < SESSIONS; at += 1) cache.end(String(at).padStart(12, 'n'), ENDED);
  expect(cache).toMatchObject({ size: 0, bytes: 0 });
});

const ENDED = { state: 'ended', because: 'logout', endedAt: 1 } as const;
