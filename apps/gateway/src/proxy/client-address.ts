import { isIPv4, isIPv6, type BlockList, type Socket } from 'node:net';
import type { IncomingMessage } from 'node:http';

/** Who sent a request, as the services are told. */
export interface ClientAddress {
  /** The client's address, without a port. */
  readonly ip: string;
  readonly proto: string;
  readonly host: string | undefined;
}

/**
 * What the connection says; if the peer is a trusted proxy, what that one says of its client: the last address in
 * `X-Forwarded-For` that is not a trusted proxy itself, since everything before it the client may have written.
 */
export function clientAddress(request: IncomingMessage, trusted: BlockList): ClientAddress {
  const peer = peerOf(request.socket, trusted);
  const { host } = request.headers;
  if (!peer.trusted) return { ip: peer.address, proto: isEncrypted(request.socket) ? 'https' : 'http', host };
  const proto = lastOf(request.headers['x-forwarded-proto']);
  return {
    ip: clientBehind(peer.address, request.headers['x-forwarded-for'], trusted),
    proto: proto === 'https' || (proto === undefined && isEncrypted(request.socket)) ? 'https' : 'http',
    host: lastOf(request.headers['x-forwarded-host']) ?? host,
  };
}

/** Who is at the other end of a connection. */
export interface Peer {
  readonly address: string;
  readonly trusted: boolean;
}

/** A connection has one peer, and asking a `BlockList` costs as much as the rest of this file. */
const peers = new WeakMap<Socket, Peer>();

/** What is known of it. Asked of a connection that is open. */
export function peerOf(socket: Socket, trusted: BlockList): Peer {
  const known = peers.get(socket);
  if (known) return known;
  const address = plainAddress(socket.remoteAddress ?? '');
  const peer = { address, trusted: isTrusted(address, trusted) };
  peers.set(socket, peer);
  return peer;
}

function isEncrypted(socket: Socket): boolean {
  return 'encrypted' in socket && socket.encrypted === true;
}

function clientBehind(peer: string, forwardedFor: string | string[] | undefined, trusted: BlockList): string {
  let client = peer;
  for (const entry of listOf(forwardedFor).reverse()) {
    const address = plainAddress(entry);
    if (!isIPv4(address) && !isIPv6(address)) break;
    client = address;
    if (!isTrusted(address, trusted)) break;
  }
  return client;
}

function isTrusted(address: string, trusted: BlockList): boolean {
  if (isIPv4(address)) return trusted.check(address, 'ipv4');
  return isIPv6(address) && trusted.check(address, 'ipv6');
}

/** IPv4 on an IPv6 socket shows as `::ffff:1.2.3.4`. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

function listOf(header: string | string[] | undefined): string[] {
  return [header ?? []].flat().flatMap((line) => line.split(',').map((entry) => entry.trim()));
}

function lastOf(header: string | string[] | undefined): string | undefined {
  return listOf(header).at(-1) || undefined;
}
