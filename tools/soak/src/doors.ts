import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { freePort } from '@holdfast/launcher';

const HOST = '127.0.0.1';
/** With this our services' Redis client greets; replicas, Sentinels and whoever asks by hand do not. */
const GREETING = /^\*\d+\r\n\$5\r\nhello\r\n/i;

/** One connection through a door. */
interface Wire {
  readonly door: Door;
  readonly ends: readonly [near: Socket, far: Socket];
  ofService: boolean;
  isDumb: boolean;
  delayMs: number;
}

/** Where a node is reached: what comes in at `port` goes on to `listenPort`. */
export interface Door {
  readonly port: number;
  readonly listenPort: number;
}

/** What was done: to how many connections, and how it ends. */
export interface Hit {
  readonly connections: number;
  heal(): void;
}

/** Whose connections an isolated server keeps: nobody's, or those of the services. */
export type Spared = 'nobody' | 'services';

/**
 * Doors in front of servers of this machine, to be made slow, dumb or shut. Works without privileges, wherever TCP does. What
 * is done to a share of the services' connections falls on each by chance: a process loses some of its connections and
 * keeps others, which is worse for it than losing all.
 */
export class Doors {
  private readonly servers: Server[] = [];
  private readonly wires = new Set<Wire>();
  private readonly shut = new Map<number, Spared>();

  /** Opens `count` doors at free ports, each to a free port at which nobody listens yet. */
  async open(count: number): Promise<readonly Door[]> {
    return Promise.all(
      Array.from({ length: count }, async () => {
        const door = { port: 0, listenPort: await freePort() };
        const server = createServer((near) => this.join(near, door));
        server.listen(0, HOST);
        await once(server, 'listening');
        door.port = (server.address() as AddressInfo).port;
        this.servers.push(server);
        return door;
      }),
    );
  }

  /** Breaks some of the services' connections. */
  cut(isMeant: () => boolean): Hit {
    const wires = this.ofServices(isMeant);
    for (const wire of wires) this.break(wire);
    return { connections: wires.length, heal: () => undefined };
  }

  /** Makes some of the services' connections half open: nothing gets through, and nobody is told. In the end they break. */
  freeze(isMeant: () => boolean): Hit {
    const wires = this.ofServices(isMeant);
    for (const wire of wires) this.silence(wire);
    return { connections: wires.length, heal: () => wires.forEach((wire) => this.break(wire)) };
  }

  /** Makes some of the services' connections slow, each way. */
  slow(isMeant: () => boolean, delayMs: number): Hit {
    const wires = this.ofServices(isMeant);
    for (const wire of wires) wire.delayMs = delayMs;
    return { connections: wires.length, heal: () => wires.forEach((wire) => (wire.delayMs = 0)) };
  }

  /**
   * Pulls the cable of one server: what it has goes dumb, and so does what comes. Without the services it is alone; with
   * them it lives on in the minority, with nobody who could tell it that it was deposed.
   */
  isolate(port: number, spared: Spared = 'nobody'): Hit {
    this.shut.set(port, spared);
    const wires = [...this.wires].filter((wire) => this.isShut(wire));
    for (const wire of wires) this.silence(wire);
    const heal = (): void => {
      this.shut.delete(port);
      for (const wire of [...this.wires]) if (wire.door.port === port && wire.isDumb) this.break(wire);
    };
    return { connections: wires.length, heal };
  }

  /** Shuts all doors and breaks all connections. */
  close(): void {
    for (const wire of [...this.wires]) this.break(wire);
    for (const server of this.servers) server.close();
  }

  private ofServices(isMeant: () => boolean): readonly Wire[] {
    return [...this.wires].filter(({ ofService, isDumb }) => ofService && !isDumb && isMeant());
  }

  private join(near: Socket, door: Door): void {
    const ends = [near, connect(door.listenPort, HOST)] as const;
    const wire: Wire = { door, ends, ofService: false, isDumb: false, delayMs: 0 };
    this.wires.add(wire);
    const [, far] = ends;
    // Before anything is carried: who is not spared gets nothing through.
    near.once('data', (data: Buffer) => {
      wire.ofService = GREETING.test(data.toString('latin1'));
      if (this.isShut(wire)) this.silence(wire);
    });
    this.carry(wire, near, far);
    this.carry(wire, far, near);
  }

  private isShut({ door, ofService }: Wire): boolean {
    const spared = this.shut.get(door.port);
    return spared !== undefined && !(spared === 'services' && ofService);
  }

  private carry(wire: Wire, from: Socket, to: Socket): void {
    let arrived = Promise.resolve();
    from.setNoDelay(true);
    from.on('data', (data) => {
      const dueAtMs = performance.now() + wire.delayMs;
      // In order, whatever the delay was meanwhile.
      arrived = arrived.then(() => until(dueAtMs)).then(() => void (wire.isDumb || to.write(data)));
    });
    from.on('error', () => undefined); // `close` follows
    // Over a dumb wire nobody hears that the other end is gone.
    from.on('close', () => wire.isDumb || this.break(wire));
  }

  private silence(wire: Wire): void {
    wire.isDumb = true;
    for (const end of wire.ends) end.pause();
  }

  private break(wire: Wire): void {
    this.wires.delete(wire);
    for (const end of wire.ends) end.destroy();
  }
}

function until(dueAtMs: number): Promise<void> | undefined {
  const leftMs = dueAtMs - performance.now();
  return leftMs <= 0 ? undefined : new Promise((resolve) => setTimeout(resolve, leftMs));
}
