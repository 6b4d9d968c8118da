import { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Readiness } from '@holdfast/service-defaults';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RequestsInFlight } from '../http/requests-in-flight.js';
import type { OpenStreams } from '../streams/open-streams.js';

/** How long idle connections may still bring a request, whose answer then closes them. */
const LINGER_MS = 300;
/** What is cut at the deadline gets this long to be gone. */
const CUT_MS = 100;

/** What a worker holds. */
export interface Held {
  readonly inFlight: RequestsInFlight;
  readonly streams: Pick<OpenStreams, 'drain'>;
}

/**
 * Ends a worker without losing a request: not ready, no new connections (the other workers take them), each answer
 * closes its connection, streams are told to come again, until nothing is in flight or the deadline is over; then Nest,
 * and Redis last.
 */
export async function drainGateway(
  app: NestFastifyApplication,
  { inFlight, streams }: Held,
  deadlineMs: number,
): Promise<void> {
  const startedAt = performance.now();
  const server = app.getHttpServer();
  app.get(Readiness).state = 'draining';
  inFlight.closeAfterAnswer();
  // Not the HTTP server's own `close`: it cuts idle connections, on which a request may be about to arrive.
  Server.prototype.close.call(server);
  await sleep(LINGER_MS);
  // They have no end of their own; by now whoever comes again meets another worker.
  streams.drain();
  await inFlight.idle(Math.max(0, deadlineMs - (performance.now() - startedAt)));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), CUT_MS);
  await app.close();
  clearTimeout(cut);
}
