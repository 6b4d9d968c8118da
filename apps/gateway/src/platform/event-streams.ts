import type { ServerResponse } from 'node:http';
import type { PlatformEvent } from '../supervisor/messages.js';
import type { SupervisorLink } from '../worker/supervisor-link.js';

/** Proxies cut what is silent, and a client learns by it that the other end is gone. */
const KEEP_ALIVE_MS = 10_000;
const RETRY_MS = 1_000;
/** A client that has left so much unread gets no more: it comes again, and says where it was. */
const LARGEST_BACKLOG_BYTES = 1_048_576;

/** Holds a stream to its session: calls `close` once that is over. Returns what lets go of it. */
export type HoldStream = (close: () => void) => () => void;

/** The open streams of `GET /platform/events` of this worker. */
export class EventStreams {
  readonly #open = new Set<() => void>();
  #isPaused = false;

  constructor(private readonly link: Pick<SupervisorLink, 'since' | 'onEvent'>) {}

  /** Writes events until the client leaves, the session is over, or `pause`. @param lastId - what it had last */
  open(response: ServerResponse, hold: HoldStream, lastId?: string): void {
    const letGo: (() => void)[] = [];
    const close = () => {
      for (const each of letGo.splice(0)) each();
      if (!response.writableEnded) response.end();
    };
    const write = (text: string) => {
      if (response.writableLength > LARGEST_BACKLOG_BYTES) response.destroy();
      else response.write(text);
    };
    write(`retry: ${RETRY_MS}\n\n`);
    if (lastId !== undefined) for (const event of this.link.since(lastId)) write(textOf(event));
    const timer = setInterval(write, KEEP_ALIVE_MS, ':\n\n');
    this.#open.add(close);
    letGo.push(
      this.link.onEvent((event) => write(textOf(event))),
      () => clearInterval(timer),
      () => this.#open.delete(close),
    );
    response.once('close', close);
    letGo.push(hold(close));
    if (this.#isPaused) close();
  }

  /** Ends all, and those that still come: this worker rests, or is about to end. Clients come again, at another one. */
  pause(): void {
    this.#isPaused = true;
    for (const close of [...this.#open]) close();
  }

  /** Takes streams again. */
  resume(): void {
    this.#isPaused = false;
  }
}

function textOf(event: PlatformEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
