import { randomInt } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { errorCode } from './errors.js';

const HOST = '127.0.0.1';
const LOWEST = 20_000;
const HIGHEST = 32_000;
const ATTEMPTS = 50;

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

/**
 * A port of 127.0.0.1 that nobody listens on at this moment. Below the range from which systems take the ports of outgoing
 * connections: one of those could otherwise hold it when its server comes back.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if ((await whyTaken(port)) === undefined) return port;
  }
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
