import type { Detector, Finding, Seen } from './detector.js';

/** A spent refresh token came back: somebody else has it (RFC 9700 4.14.2). Its session has ended already. */
export class RefreshReuse implements Detector {
  see({ type, endedBecause, userId, sessionId, ip }: Seen): Finding | undefined {
    if (type !== 'session-ended' || endedBecause !== 'token-reuse') return undefined;
    return { detector: 'refresh-reuse', severity: 'high', userId, sessionId, ip, evidence: { ended: true } };
  }
}
