import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const HOST = '127.0.0.1';

/** How long what goes through is on its way, in milliseconds. */
export interface Delays {
  /** To the server. Default 0. */
  readonly there?: number;
  /** Back from it. Default 0. */
  readonly back?: number;
}

/** A way to a server of ours that a test can make slow, dumb or cut. */
export class TcpProxy {
  readonly #door: Server;
  readonly #wires = new Set<readonly [Socket, Socket]>();
  #target: number;
  #delays: Delays = {};
  #isCut = false;
  #isHeld = false;

  private constructor(target: number) {
    this.#target = target;
    this.#door = createServer((socket) => this.#join(socket));
  }

  /** Opens one to a port of this machine. */
  static async to(port: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(port);
    proxy.#door.listen(0, HOST);
    await once(proxy.#door, 'listening');
    return proxy;
  }

  /** Where a Redis behind it is reached. */
  get url(): string {
    return `redis://${HOST}:${(this.#door.address() as AddressInfo).port}`;
  }

  /** Leads to another port from now on. Connections that are there stay where they are. */
  lead(port: number): void {
    this.#target = port;
  }

  /** Slows down what comes from now on, in its order. */
  delay(delays: Delays): void {
    this.#delays = delays;
  }

  /** Breaks all connections, and refuses new ones. */
  cut(): void {
    this.#isCut = true;
    this.break();
  }

  /** Breaks all connections. */
  break(): void {
    for (const wire of this.#wires) this.#end(wire);
  }

  /** Half open: everything stays connected, connects, and goes nowhere. Nothing of it is lost. */
  hold(): void {
    this.#isHeld = true;
    for (const wire of this.#wires) for (const end of wire) end.pause();
  }

  /** Everything goes again, also what was held. */
  release(): void {
    this.#isCut = this.#isHeld = false;
    this.#delays = {};
    for (const wire of this.#wires) for (const end of wire) end.resume();
  }

  close(): void {
    this.cut();
    this.#door.close();
  }

  #join(near: Socket): void {
    const wire = [near, connect(this.#target, HOST)] as const;
    this.#wires.add(wire);
    const [, far] = wire;
    this.#carry(wire, [near, far], 'there');
    this.#carry(wire, [far, near], 'back');
    if (this.#isCut) this.#end(wire);
    else if (this.#isHeld) for (const end of wire) end.pause();
  }

  #carry(wire: readonly [Socket, Socket], [from, to]: readonly [Socket, Socket], way: keyof Delays): void {
    let before = Promise.resolve();
    from.setNoDelay(true);
    from.on('data', (data) => {
      const arrivesAt = performance.now() + (this.#delays[way] ?? 0);
      before = before.then(() => until(arrivesAt)).then(() => void to.write(data));
    });
    from.on('error', () => undefined); // `close` follows
    from.on('close', () => this.#end(wire));
  }

  #end(wire: readonly [Socket, Socket]): void {
    this.#wires.delete(wire);
    for (const end of wire) end.destroy();
  }
}

async function until(at: number): Promise<void> {
  const leftMs = at - performance.now();
  if (leftMs > 0) await sleep(leftMs);
}
