import { show } from '../session-policy.js';
import type { LiveSession, SessionRecord } from '../session.js';

/** A session of a minute, begun and seen at 0. */
export function liveSession(record: Partial<SessionRecord> = {}): LiveSession {
  return show({ ...RECORD, ...record }, 0, 0);
}

const RECORD: SessionRecord = {
  sessionId: 'session',
  userId: 'user',
  roles: [],
  acr: 1,
  client: { ip: '203.0.113.7', userAgent: 'spec' },
  epoch: 0,
  authzVersion: 0,
  idleTimeoutMs: 40_000,
  version: 1,
  authTimeAt: 0,
  createdAt: 0,
  expiresAt: 60_000,
};
