import { BlockList, isIPv6, type Server, type Socket } from 'node:net';

const PRIVATE = new BlockList();
PRIVATE.addSubnet('127.0.0.0', 8, 'ipv4');
PRIVATE.addSubnet('10.0.0.0', 8, 'ipv4');
PRIVATE.addSubnet('172.16.0.0', 12, 'ipv4');
PRIVATE.addSubnet('192.168.0.0', 16, 'ipv4');
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');

/**
 * Whose `X-Forwarded-*` a service believes: those of its direct peer (hop 0) on loopback or a private network, which
 * is the gateway. So the caller's address is the last entry, and what a client wrote before it counts for nothing.
 */
export function isTrustedPeer(address: string | undefined, hop: number): boolean {
  // Of a connection that is gone, and was not remembered.
  if (address === undefined) return false;
  return hop === 0 && PRIVATE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/**
 * Keeps the addresses of peers known after they have left: what a request began goes on, and its log lines and audit
 * events say where it came from. Node remembers the address of a connection that was asked for it once, and has none of one
 * that is closed.
 */
export function rememberPeers(server: Server): void {
  server.on('connection', (socket: Socket) => void socket.remoteAddress);
}
