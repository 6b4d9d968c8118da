import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SessionRecord } from './session.js';
import {
  amendRecord,
  asSeenBy,
  beginRecord,
  idleDeadline,
  judge,
  show,
  touchIntervalMs,
} from './session-policy.js';
import type { Amendment } from './session-store.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A record, when it was last seen, and some moment. */
const moments = fc
  .record({
    idleTimeoutMs: fc.integer({ min: 1_000, max: 24 * HOUR_MS }),
    absoluteTimeoutMs: fc.integer({ min: 1_000, max: 48 * HOUR_MS }),
    seenAfterMs: fc.nat(48 * HOUR_MS),
    askedAfterMs: fc.nat(72 * HOUR_MS),
  })
  .map(({ seenAfterMs, askedAfterMs, ...timeouts }) => {
    const record = begin(timeouts);
    const lastSeenAt = record.createdAt + Math.min(seenAfterMs, timeouts.absoluteTimeoutMs - 1);
    return { record, lastSeenAt, now: lastSeenAt + askedAfterMs };
  });

function begin(timeouts: { idleTimeoutMs: number; absoluteTimeoutMs: number }): SessionRecord {
  const who = { sessionId: 's', userId: 'u', roles: ['user'], acr: 1, epoch: 0, cookieHash: 'c0' };
  return beginRecord({ ...who, ...timeouts, client: { ip: '::1', userAgent: '' } }, 1_000_000);
}

it('G14: ends no session early, none after its absolute deadline, and an idle one 60 s late at most', () => {
  fc.assert(
    fc.property(moments, ({ record, lastSeenAt, now }) => {
      const found = judge(record, lastSeenAt, now);
      const idleAt = lastSeenAt + record.idleTimeoutMs;
      if (found.state === 'live') {
        expect(now).toBeLessThan(Math.min(record.expiresAt, idleAt + MINUTE_MS));
      } else {
        expect(now).toBeGreaterThanOrEqual(Math.min(record.expiresAt, idleAt));
        expect(found.endedAt).toBeLessThanOrEqual(now);
        expect(found.because).toBe(found.endedAt === record.expiresAt ? 'expired' : 'idle');
      }
    }),
  );
});

it('never brings a session back by the passing of time, and a touch never shortens it', () => {
  fc.assert(
    fc.property(moments, fc.nat(HOUR_MS), ({ record, lastSeenAt, now }, laterMs) => {
      const [found, later] = [judge(record, lastSeenAt, now), judge(record, lastSeenAt, now + laterMs)];
      if (found.state === 'ended') expect(later).toEqual(found);
      const touchedAt = Math.min(lastSeenAt + laterMs, record.expiresAt);
      expect(idleDeadline(record, touchedAt)).toBeGreaterThanOrEqual(idleDeadline(record, lastSeenAt));
      expect(idleDeadline(record, touchedAt)).toBeLessThanOrEqual(record.expiresAt);
    }),
  );
});

it('touches often enough that idleness can wait for it', () => {
  fc.assert(
    fc.property(fc.nat(24 * HOUR_MS), (idleTimeoutMs) => {
      const intervalMs = touchIntervalMs(idleTimeoutMs);
      expect(intervalMs).toBeLessThanOrEqual(Math.min(MINUTE_MS, idleTimeoutMs / 4));
      expect(Number.isInteger(intervalMs)).toBe(true);
    }),
  );
});

const amendment: fc.Arbitrary<Amendment> = fc.record(
  {
    roles: fc.uniqueArray(fc.constantFrom('user', 'support', 'admin')),
    authzVersion: fc.nat(9),
    acr: fc.constantFrom(0, 1, 2),
    stepUp: fc.constant(true as const),
    cookieHash: fc.constantFrom('c1', 'c2', 'c3'),
    previousForMs: fc.nat(MINUTE_MS),
  },
  { requiredKeys: [] },
);

it('amends who somebody is, and never which session it is, whose, or how long it lives', () => {
  fc.assert(
    fc.property(moments, amendment, ({ record, now }, changes) => {
      const amended = amendRecord(record, changes, now);
      const { sessionId, userId, client, epoch, createdAt, expiresAt, idleTimeoutMs } = record;
      const kept = { sessionId, userId, client, epoch, createdAt, expiresAt, idleTimeoutMs };
      expect(amended).toMatchObject({ ...kept, version: record.version + 1 });
      if (changes.stepUp === undefined) expect(amended.authTimeAt).toBe(record.authTimeAt);
    }),
  );
});

it('shows the cookie of before nothing that was raised since, and shows it at all only while it is good', () => {
  fc.assert(
    fc.property(moments, amendment, fc.nat(2 * MINUTE_MS), ({ record, now }, changes, laterMs) => {
      const amended = amendRecord(record, { ...changes, cookieHash: 'new' }, now);
      const live = show(amended, now, now + laterMs);
      const seen = asSeenBy(live, 'c0');
      expect(seen !== undefined).toBe(laterMs <= (changes.previousForMs ?? 0));
      expect(asSeenBy(live, 'new')).toBe(live);
      expect(asSeenBy(live, 'another')).toBeUndefined();
      if (seen === undefined) return;
      expect(seen.record.acr).toBe(Math.min(record.acr, amended.acr));
      expect(seen.record.steppedUpAt).toBeUndefined();
      expect(seen.record.authTimeAt).toBe(record.authTimeAt);
    }),
  );
});
