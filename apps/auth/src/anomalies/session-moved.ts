import { isIPv4 } from 'node:net';
import { addressBlock } from '@holdfast/service-defaults';
import type { Detector, Finding, Seen } from './detector.js';
import { Recent } from './recent.js';
import { MOST_SUBJECTS } from './thresholds.js';

const DAY_MS = 86_400_000;
/** Of an IPv6 address: a site has a /48 (RFC 6177). */
const SITE_GROUPS = 3;

interface Whereabouts {
  readonly network: string;
  readonly client: string;
}

/**
 * A session whose network and client change in one step. A phone that leaves the house changes its network, an update its
 * client; both at once is another device with the session's credential.
 */
export class SessionMoved implements Detector {
  readonly #last = new Recent<Whereabouts>({ windowMs: DAY_MS, subjects: MOST_SUBJECTS, entries: 2 });

  see({ type, outcome, sessionId, userId, ip, userAgent, occurredAt }: Seen): Finding | undefined {
    if (!SEEN_IN.has(type) || outcome !== 'success' || !sessionId || ip === null) return undefined;
    const now = { network: networkOf(ip), client: clientOf(userAgent ?? '') };
    const [before, after] = this.#last.add(sessionId, occurredAt.getTime(), now);
    // What comes late, by another way, is no step back.
    if (!before || !after || after.at < before.at) return undefined;
    const [{ network: from, client }, { network: to }] = [before.value, now];
    if (from === to || client === now.client) return undefined;
    const evidence = { from, to, clientChanged: true };
    return { detector: 'session-moved', severity: 'medium', userId, sessionId, ip, evidence };
  }
}

const SEEN_IN: ReadonlySet<string> = new Set([
  'session-begun',
  'session-refreshed',
  'session-touched',
  'step-up',
]);

/** A /24, or the /48 of a site. */
function networkOf(ip: string): string {
  const block = addressBlock(ip);
  if (isIPv4(block)) return `${block.split('.').slice(0, 3).join('.')}.0/24`;
  return `${block.split(':').slice(0, SITE_GROUPS).join(':')}::/48`;
}

/** Without its numbers: an update is no other client. */
function clientOf(userAgent: string): string {
  return userAgent.replace(/[\d._]+/g, '#');
}
