import { createSocket, type Socket } from 'node:dgram';
import { decode, encode, type Answer } from 'dns-packet';

/** How a name server says that it cannot say: RCODE 2 (RFC 1035 4.1.1). */
const SERVFAIL = 2;
const NXDOMAIN = 3;

/** A name server on a free port of the loopback address; what it answers can be changed at any time. */
export class NameServer {
  /** By name and type, `order.internal A`. Without an entry the name does not exist. */
  readonly records = new Map<string, readonly Answer[]>();
  isFailing = false;
  readonly #socket: Socket = createSocket('udp4');
  #asked = 0;
  #onAsked: (() => void) | undefined;

  static async start(): Promise<NameServer> {
    const server = new NameServer();
    server.#socket.on('message', (message, peer) => {
      server.#socket.send(server.#answer(message), peer.port, peer.address);
      server.#asked += 1;
      server.#onAsked?.();
    });
    await new Promise<void>((resolve) => server.#socket.bind(0, '127.0.0.1', resolve));
    return server;
  }

  get address(): string {
    const { address, port } = this.#socket.address();
    return `${address}:${port}`;
  }

  /** Settles when it was asked so many times more. */
  async asked(times: number): Promise<void> {
    const until = this.#asked + times;
    while (this.#asked < until) await new Promise<void>((resolve) => (this.#onAsked = resolve));
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }

  #answer(message: Buffer): Buffer {
    const { id, questions = [] } = decode(message);
    const [question] = questions;
    const key = `${question?.name ?? ''} ${question?.type ?? ''}`;
    const answers = this.isFailing ? [] : [...(this.records.get(key) ?? [])];
    const named = [...this.records.keys()].some((each) => each.startsWith(`${question?.name ?? ''} `));
    const flags = this.isFailing ? SERVFAIL : named ? 0 : NXDOMAIN;
    return encode({ type: 'response', id: id ?? 0, flags, questions, answers });
  }
}

/** A records of a name, or AAAA. */
export function addresses(name: string, ...all: string[]): Answer[] {
  return all.map((data) => ({ type: data.includes(':') ? 'AAAA' : 'A', name, ttl: 0, data }));
}
