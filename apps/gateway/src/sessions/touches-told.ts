import type { BlockList } from 'node:net';
import type { AuditStream } from '@holdfast/service-defaults';
import { clientAddress } from '../proxy/client-address.js';
import type { Touched } from './session-toucher.js';

/** Tells the audit trail of activity, once a minute and session at most: who was where, and how much was asked. */
export function touchesTold(stream: Pick<AuditStream, 'note'>, trustedProxies: BlockList) {
  return ({ request, requests, withinMs, sessionId, userId }: Touched): void => {
    const { ip } = clientAddress(request, trustedProxies);
    const userAgent = request.headers['user-agent'] ?? '';
    stream.note({
      type: 'session-touched',
      sessionId,
      userId,
      ip,
      userAgent,
      detail: { requests, withinMs },
    });
  };
}
