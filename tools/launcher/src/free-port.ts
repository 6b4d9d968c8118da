import { createServer, type AddressInfo } from 'node:net';
import { errorCode } from './errors.js';

const HOST = '127.0.0.1';

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: HOST, exclusive: true }, () => {
      const taken = (server.address() as AddressInfo).port;
      server.close(() => resolve(taken));
    });
  });
}

/** A port of 127.0.0.1 that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return listenOnce(0);
}

/** Why nothing can listen on this port of 127.0.0.1: `EADDRINUSE`, `EACCES` …; `undefined` if something can. */
export async function whyTaken(port: number): Promise<string | undefined> {
  try {
    await listenOnce(port);
    return undefined;
  } catch (error) {
    return errorCode(error) ?? 'unknown';
  }
}
