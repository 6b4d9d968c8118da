import { randomUUID } from 'node:crypto';
import { Nudges } from '@holdfast/balancer-redis';
import type { Redis } from '@holdfast/session-redis';

const CHANNEL = 'hf:notices';
/** A notice names so many sessions at most, and counts them all. */
const MOST_NAMED = 20;

/** What is said of an end of sessions, by public ids, which open nothing. */
export interface SessionNotice {
  readonly type: 'session-revoked';
  readonly userId?: string | undefined;
  readonly because: string;
  readonly revoked: number;
  readonly sessionIds: readonly string[];
}

/** What is said of a signing key that was published. */
export interface KeyNotice {
  readonly type: 'key-rotated';
  readonly kid: string;
  readonly previousKid: string;
  readonly signsFrom: string;
}

/** What a service lets the gateways know, for whoever watches the platform. Each has an id of its own. */
export type Notice = (SessionNotice | KeyNotice) & { readonly noticeId: string };

/** Tells all gateways. Nobody depends on it: while Redis is away nobody is told, and nothing rejects. */
export async function giveNotice(
  redis: Pick<Redis, 'publish'>,
  notice: SessionNotice | KeyNotice,
): Promise<void> {
  const short =
    'sessionIds' in notice ? { ...notice, sessionIds: notice.sessionIds.slice(0, MOST_NAMED) } : notice;
  await redis.publish(CHANNEL, JSON.stringify({ ...short, noticeId: randomUUID() })).catch(() => undefined);
}

/** Hears of notices, on a connection of its own. */
export class NoticeListener {
  readonly #nudges: Nudges;

  /** @param onNotice - must not throw */
  constructor(redis: Pick<Redis, 'duplicate'>, onNotice: (notice: Notice) => void) {
    this.#nudges = new Nudges(redis, CHANNEL, (message) => {
      if (message !== undefined) onNotice(JSON.parse(message) as Notice);
    });
  }

  close(): void {
    this.#nudges.close();
  }
}
