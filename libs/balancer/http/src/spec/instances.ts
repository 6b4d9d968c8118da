import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Member } from '@holdfast/balancer-core';

/** Instances of services that a spec plays. */
export class Instances {
  readonly #servers: Server[] = [];

  /** Starts one and says how the registry would list it. @param id - such as `user-1` */
  async serve(id: string, listener: RequestListener): Promise<Member> {
    const server = createServer(listener);
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    return { id, service: id.slice(0, -2), url, state: 'ready', pid: 1, startedAt: 1 };
  }

  stop(): void {
    for (const server of this.#servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  }
}
