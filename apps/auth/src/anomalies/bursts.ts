import { addressBlock } from '@holdfast/service-defaults';
import type { Detector, Finding, Seen } from './detector.js';
import { Recent } from './recent.js';
import { MOST_SUBJECTS, type Thresholds } from './thresholds.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const isGuest = ({ detail }: Seen): boolean => detail?.['guest'] === true;

/** Many sessions of one user begin: a credential is shared, or somebody collects them. */
export class TooManySessions implements Detector {
  readonly #recent: Recent<undefined>;

  constructor(private readonly most: Thresholds['sessionsPerHour']) {
    this.#recent = new Recent({ windowMs: HOUR_MS, subjects: MOST_SUBJECTS, entries: most });
  }

  see(event: Seen): Finding | undefined {
    const { type, userId, ip, occurredAt } = event;
    if (type !== 'session-begun' || !userId || isGuest(event)) return undefined;
    const sessions = this.#recent.add(userId, occurredAt.getTime(), undefined).length;
    if (sessions < this.most) return undefined;
    this.#recent.forget(userId);
    const evidence = { sessions, windowMs: HOUR_MS };
    return { detector: 'too-many-sessions', severity: 'low', userId, ip, evidence };
  }
}

/** Many guests of one address: a script, or somebody who fills the store. */
export class GuestBurst implements Detector {
  readonly #recent: Recent<undefined>;

  constructor(private readonly most: Thresholds['guestsPerMinute']) {
    this.#recent = new Recent({ windowMs: MINUTE_MS, subjects: MOST_SUBJECTS, entries: most });
  }

  see(event: Seen): Finding | undefined {
    const { type, ip, occurredAt } = event;
    if (type !== 'session-begun' || ip === null || !isGuest(event)) return undefined;
    const address = addressBlock(ip);
    const guests = this.#recent.add(address, occurredAt.getTime(), undefined).length;
    if (guests < this.most) return undefined;
    this.#recent.forget(address);
    return { detector: 'guest-burst', severity: 'low', ip, evidence: { guests, windowMs: MINUTE_MS } };
  }
}

/** Of the requests that one worker has seen, since it last told of any. */
function perMinute(detail: Seen['detail']): number {
  const minutes = Number(detail?.['withinMs'] ?? 0) / MINUTE_MS;
  return Number(detail?.['requests'] ?? 1) / Math.max(1, minutes);
}

/** A session that refreshes, or asks, faster than a person could. */
export class ImpossibleRate implements Detector {
  readonly #refreshes: Recent<undefined>;
  readonly #requests: Recent<number>;

  constructor(private readonly limits: Pick<Thresholds, 'refreshesPerMinute' | 'requestsPerMinute'>) {
    const lately = { windowMs: MINUTE_MS, subjects: MOST_SUBJECTS };
    this.#refreshes = new Recent({ ...lately, entries: limits.refreshesPerMinute });
    // Each worker of the gateway says how many it has seen once a minute.
    this.#requests = new Recent({ ...lately, entries: 100 });
  }

  see(event: Seen): Finding | undefined {
    const { type, sessionId, userId, ip, detail } = event;
    const at = event.occurredAt.getTime();
    if (!sessionId) return undefined;
    const about = { detector: 'impossible-rate', severity: 'medium', userId, sessionId, ip } as const;
    if (type === 'session-refreshed') {
      const refreshes = this.#refreshes.add(sessionId, at, undefined).length;
      if (refreshes < this.limits.refreshesPerMinute) return undefined;
      this.#refreshes.forget(sessionId);
      return { ...about, evidence: { refreshes, windowMs: MINUTE_MS } };
    }
    if (type !== 'session-touched') return undefined;
    const noted = this.#requests.add(sessionId, at, perMinute(detail));
    const requests = Math.round(noted.reduce((sum, { value }) => sum + value, 0));
    if (requests < this.limits.requestsPerMinute) return undefined;
    this.#requests.forget(sessionId);
    return { ...about, evidence: { requests, windowMs: MINUTE_MS } };
  }
}
