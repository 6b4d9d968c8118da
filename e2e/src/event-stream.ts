/** One server-sent event, of `GET /platform/events` unless another path is read. */
export interface SeenEvent {
  readonly id: string;
  readonly type: string;
  readonly worker: string;
  readonly [member: string]: unknown;
}

/** A client of an event stream: keeps what came, and knows whether it was ended. */
export class EventStream {
  readonly events: SeenEvent[] = [];
  private ended = false;
  private readonly leaving = new AbortController();

  private constructor(readonly gateway: string) {}

  /** Opens one over a connection of its own. `lastId`: what came last on an earlier one. */
  static async open(
    baseUrl: string,
    token: string,
    lastId?: string,
    path = '/platform/events',
  ): Promise<EventStream> {
    const leaving = new AbortController();
    const headers = {
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      connection: 'close',
      ...(lastId !== undefined && { 'last-event-id': lastId }),
    };
    const answer = await fetch(`${baseUrl}${path}`, { headers, signal: leaving.signal });
    if (answer.status !== 200 || answer.body === null) throw new Error(`no stream: ${answer.status}`);
    const stream = new EventStream(answer.headers.get('x-gateway') ?? '');
    stream.leaving.signal.addEventListener('abort', () => leaving.abort());
    void stream.read(answer.body).catch(() => (stream.ended = true));
    return stream;
  }

  /** Whether the platform has ended it. */
  get isOver(): boolean {
    return this.ended;
  }

  /** Events of a type. */
  of(type: string): SeenEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  /** Leaves. */
  close(): void {
    this.leaving.abort();
  }

  private async read(body: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of body) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data !== undefined) this.events.push(JSON.parse(data) as SeenEvent);
      }
    }
    this.ended = true;
  }
}
