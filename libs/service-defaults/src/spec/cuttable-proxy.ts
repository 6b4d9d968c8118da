import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy that can be cut (connections reset, new ones refused at once), made silent, and healed. */
export interface CuttableProxy {
  readonly port: number;
  cut(): void;
  /** Takes connections and bytes and answers nothing, as a hung server does. */
  silence(): void;
  heal(): void;
  close(): Promise<void>;
}

/**
 * Closes with a TCP reset. Not what is ending already: Node 20 then marks the handle as closed without closing it, and
 * the process waits for it for ever when it exits.
 */
function cutOff(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

export async function startProxy(target: URL): Promise<CuttableProxy> {
  let state: 'open' | 'cut' | 'silent' = 'open';
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    if (state === 'cut') return cutOff(client);
    const upstream = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => state === 'open' && to.write(chunk));
      from.on('error', () => undefined);
      from.on('close', () => (sockets.delete(from), to.destroy()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const reset = () => sockets.forEach(cutOff);
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => ((state = 'cut'), reset()),
    silence: () => (state = 'silent'),
    heal: () => (reset(), (state = 'open')),
    close: () => (reset(), new Promise((resolve) => server.close(() => resolve()))),
  };
}
