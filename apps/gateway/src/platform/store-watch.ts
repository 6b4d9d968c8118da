import type { Redis } from '@holdfast/session-redis';
import type { Told } from '../supervisor/messages.js';

/** What is needed of a connection: it leads to the primary, and begins anew when that changes. */
export type WatchedRedis = Pick<Redis, 'on' | 'off' | 'stream' | 'status'>;

/** Tells when a connection leads to another primary than before. Returns what stops that. */
export function watchPrimary(redis: WatchedRedis, tell: (told: Told) => void): () => void {
  let primary = redis.status === 'ready' ? addressOf(redis) : undefined;
  const look = () => {
    const former = primary;
    primary = addressOf(redis);
    if (former === undefined || former === primary) return;
    const detail = { primary, former };
    tell({ type: 'store-primary-changed', once: 'store primary', as: primary, detail });
  };
  redis.on('ready', look);
  return () => void redis.off('ready', look);
}

/** Where a connection leads: `<ip>:<port>`. */
export function addressOf({ stream }: Pick<Redis, 'stream'>): string {
  const { remoteAddress = '', remotePort = 0 } = stream;
  return `${remoteAddress.replace(/^::ffff:/, '')}:${remotePort}`;
}
