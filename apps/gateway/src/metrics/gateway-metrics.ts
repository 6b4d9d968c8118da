import type { Server } from 'node:net';
import type { Upstreams } from '@holdfast/balancer-http';
import { Gauge, type Registry } from 'prom-client';
import type { RequestsInFlight } from '../http/requests-in-flight.js';
import type { OpenStreams } from '../streams/open-streams.js';
import { measureAnswers } from './answer-metrics.js';
import type { Traffic } from './traffic.js';
import { measureUpstreams } from './upstream-metrics.js';

/** What a gateway worker counts. */
export interface Measured {
  readonly upstreams: Upstreams;
  readonly inFlight: RequestsInFlight;
  readonly streams: Pick<OpenStreams, 'size'>;
  readonly server: Pick<Server, 'getConnections'>;
  readonly traffic: Traffic;
}

/** Counts what a worker answers, and how its upstreams do. */
export function measureGateway(registry: Registry, measured: Measured): void {
  const { upstreams, inFlight, streams, server, traffic } = measured;
  measureAnswers(registry, inFlight, traffic);
  measureUpstreams(registry, upstreams, traffic);
  const gauge = (name: string, help: string, value: () => number | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await value());
      },
    });
  gauge('holdfast_gateway_workers', 'Workers that are counted here', () => 1);
  gauge('holdfast_gateway_requests_in_flight', 'Requests that are held', () => inFlight.count);
  gauge('holdfast_gateway_open_streams', 'Event streams and WebSockets that are open', () => streams.size);
  gauge('holdfast_gateway_sockets', 'Connections of clients', () => connectionsOf(server));
}

function connectionsOf(server: Measured['server']): Promise<number> {
  return new Promise((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)));
}
