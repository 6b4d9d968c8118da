import type { BlockList, Server, Socket } from 'node:net';
import { peerOf } from '../proxy/client-address.js';

/**
 * Bounds the connections that one address may hold at a time: what is over it is closed before it is read. Behind a
 * trusted proxy there are many clients, so proxies are not counted.
 */
export function limitSockets(server: Server, perAddress: number, trusted: BlockList): void {
  const held = new Map<string, number>();
  server.prependListener('connection', (socket: Socket) => {
    const peer = peerOf(socket, trusted);
    if (peer.trusted) return;
    const count = (held.get(peer.address) ?? 0) + 1;
    held.set(peer.address, count);
    socket.once('close', () => {
      const left = (held.get(peer.address) ?? 1) - 1;
      if (left === 0) held.delete(peer.address);
      else held.set(peer.address, left);
    });
    if (count > perAddress) socket.destroy();
  });
}
