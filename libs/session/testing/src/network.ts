import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The address that whatever binds to none of its own connects from: this very process too. */
const OURS = '127.0.0.1';

interface Wire {
  readonly from: string;
  readonly to: string;
  readonly ends: readonly [Socket, Socket];
}

/**
 * A network of a test's own, to be cut. Each node is reached through a door of its own, and known by the address of the
 * loopback that it connects from (`127.0.0.2` and so on: Linux only), so that a cut can lie between any two of them.
 */
export class Network {
  readonly #doors: Server[] = [];
  readonly #wires = new Set<Wire>();
  #sides: readonly ReadonlySet<string>[] = [];

  /** Opens a door to the node with this address, which listens on a port of ours; answers the port of the door. */
  async open(address: string, port: number): Promise<number> {
    const door = createServer((socket) => this.#join(socket, address, port));
    this.#doors.push(door);
    door.listen(0, OURS);
    await once(door, 'listening');
    return (door.address() as AddressInfo).port;
  }

  /**
   * Cuts the network in parts. Nothing goes from one to another any more: wires stay up and are dumb, as with a
   * cable that was pulled, and new ones are refused. Who is in no part is in one with everybody.
   */
  cut(...sides: readonly (readonly string[])[]): void {
    this.#sides = sides.map((side) => new Set(side));
    for (const { ends } of this.#severed()) for (const end of ends) end.pause();
  }

  /** Ends the cut; what was dumb breaks. */
  heal(): void {
    const severed = this.#severed();
    this.#sides = [];
    for (const wire of severed) this.#break(wire);
  }

  /** Closes all doors and breaks all wires. */
  close(): void {
    for (const wire of this.#wires) this.#break(wire);
    for (const door of this.#doors) door.close();
  }

  #join(near: Socket, to: string, port: number): void {
    const wire: Wire = { from: near.remoteAddress ?? OURS, to, ends: [near, connect(port, OURS)] };
    this.#wires.add(wire);
    const [, far] = wire.ends;
    this.#carry(wire, near, far);
    this.#carry(wire, far, near);
    if (this.#isCut(wire)) this.#break(wire);
  }

  #carry(wire: Wire, from: Socket, to: Socket): void {
    from.setNoDelay(true);
    from.on('data', (data) => to.write(data));
    from.on('error', () => undefined); // `close` follows
    // Over a cut wire nobody hears that the other end is gone.
    from.on('close', () => this.#isCut(wire) || this.#break(wire));
  }

  #break(wire: Wire): void {
    this.#wires.delete(wire);
    for (const end of wire.ends) end.destroy();
  }

  #severed(): readonly Wire[] {
    return [...this.#wires].filter((wire) => this.#isCut(wire));
  }

  #isCut({ from, to }: Wire): boolean {
    const [here, there] = [from, to].map((address) => this.#sides.findIndex((side) => side.has(address)));
    return here !== there && here !== -1 && there !== -1;
  }
}
