import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to Redis or Postgres that can be cut, made silent as by a hung server, and healed. */
export interface ServerLink {
  readonly url: string;
  cut(): void;
  silence(): void;
  heal(): void;
  close(): Promise<void>;
}

/** Puts a link before a server; its URL is that of the server but for host and port. */
export async function linkServer(target: string | undefined): Promise<ServerLink> {
  const url = new URL(target ?? '');
  const { hostname, port } = url;
  let state: 'open' | 'cut' | 'silent' = 'open';
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    if (state === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect(Number(port), hostname);
    join(client, upstream);
    join(upstream, client);
  });
  const join = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on('data', (chunk) => state === 'open' && to.write(chunk));
    from.on('error', () => undefined);
    from.on('close', () => (sockets.delete(from), to.destroy()));
  };
  const reset = () => sockets.forEach((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    cut: () => ((state = 'cut'), reset()),
    silence: () => (state = 'silent'),
    heal: () => (reset(), (state = 'open')),
    close: () => (reset(), new Promise((resolve) => server.close(() => resolve()))),
  };
}
