import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Where connections go. */
export interface Origin {
  /** `http:` or `https:`, host and port. */
  readonly url: URL;
  readonly connectTimeoutMs: number;
  /** Whether other protocols may be asked for: such a connection is somebody else's to read, later. */
  readonly maySwitch: boolean;
}

/** The other end is asked whether it is still there when nothing came for so long. */
const PROBE_AFTER_MS = 60_000;

/** All plain connections read into it, one after the other: memory for 64 KiB need not be found for each read. */
const READ_INTO = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Opens a connection.
 *
 * @param onBytes - gets what comes, which is good until it returns. Default: the socket is read as a stream.
 * Ignored with TLS, which is always read so.
 */
export function openSocket(url: URL, onBytes?: (bytes: Buffer) => void): Socket {
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (isSecure ? 443 : 80));
  const options = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: PROBE_AFTER_MS };
  if (!isSecure) return connectPlain({ ...options, ...(onBytes && { onread: readInto(onBytes) }) });
  return connectTls({
    ...options,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 && { servername: host }),
  });
}

function readInto(onBytes: (bytes: Buffer) => void) {
  const callback = (count: number) => {
    onBytes(READ_INTO.subarray(0, count));
    return true;
  };
  return { buffer: READ_INTO, callback };
}

/** Settles when the socket takes more, or never will. */
export function drained(socket: Socket): Promise<void> {
  if (socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = () => {
      socket.off('drain', settle).off('close', settle);
      resolve();
    };
    socket.on('drain', settle).on('close', settle);
  });
}
