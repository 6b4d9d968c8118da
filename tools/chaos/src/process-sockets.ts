import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A TCP connection as Linux lists it. */
export interface Socket {
  readonly localPort: number;
  readonly remotePort: number;
  readonly inode: string;
}

/** Reads the established connections out of `/proc/net/tcp`. */
export function socketsOf(table: string): readonly Socket[] {
  return [...table.matchAll(/^ *\d+: \w+:(\w{4}) \w+:(\w{4}) 01 (?:\S+ +){5}(\d+)/gm)].map(
    ([, local = '', remote = '', inode = '']) => ({
      localPort: parseInt(local, 16),
      remotePort: parseInt(remote, 16),
      inode,
    }),
  );
}

/** The own ports of a process's connections to a port of this machine. Linux only: elsewhere it throws. */
export function localPortsTo(remotePort: number, pid: number): readonly number[] {
  const descriptors = readdirSync(`/proc/${pid}/fd`).map((name) => linkOf(`/proc/${pid}/fd/${name}`));
  const held = new Set(descriptors.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  return socketsOf(readFileSync(`/proc/${pid}/net/tcp`, 'utf8'))
    .filter((socket) => socket.remotePort === remotePort && held.has(socket.inode))
    .map(({ localPort }) => localPort);
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed since it was listed
  }
}
