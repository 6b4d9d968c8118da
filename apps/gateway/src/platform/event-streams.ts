import type { ServerResponse } from 'node:http';
import { CodedError } from '@holdfast/contracts';
import type { StreamLease } from '../streams/stream-lease.js';
import type { StreamSessions } from '../streams/stream-sessions.js';
import type { PlatformEvent } from '../supervisor/messages.js';
import type { SupervisorLink } from '../worker/supervisor-link.js';

/** Proxies cut what is silent, and a client learns by it that the other end is gone. */
const KEEP_ALIVE_MS = 10_000;
const RETRY_MS = 1_000;
/** A client that has left so much unread gets no more: it comes again, and says where it was. */
const LARGEST_BACKLOG_BYTES = 1_048_576;

/** The streams of `GET /platform/events` of this worker. Each ends with its session, and when this worker rests or ends. */
export class EventStreams {
  /** Who holds streams to their sessions. */
  sessions: Pick<StreamSessions, 'begin'> | undefined;

  constructor(private readonly link: Pick<SupervisorLink, 'since' | 'onEvent'>) {}

  /** Holds one that is about to be opened to the session of this `Authorization`. Rejects if that is over. */
  async lease(authorization: string | undefined): Promise<StreamLease> {
    const begun = await this.sessions?.begin(authorization);
    if (!begun) throw new CodedError('ERR_UPSTREAM_UNAVAILABLE', 'This gateway worker is about to start.');
    if ('refusal' in begun) throw new CodedError(begun.refusal.code, begun.refusal.detail);
    return begun.lease;
  }

  /** Writes events until the client leaves or the lease is over. @param lastId - what the client had last */
  open(response: ServerResponse, lease: StreamLease, lastId?: string): void {
    const write = (text: string) => {
      if (response.writableLength > LARGEST_BACKLOG_BYTES) response.destroy();
      else response.write(text);
    };
    write(`retry: ${RETRY_MS}\n\n`);
    if (lastId !== undefined) for (const event of this.link.since(lastId)) write(textOf(event));
    const timer = setInterval(write, KEEP_ALIVE_MS, ':\n\n');
    const deafen = this.link.onEvent((event) => write(textOf(event)));
    const stop = () => {
      clearInterval(timer);
      deafen();
      lease.release();
    };
    response.once('close', stop);
    lease.open(() => {
      stop();
      response.end();
    });
  }
}

function textOf(event: PlatformEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
