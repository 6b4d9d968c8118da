import { once } from 'node:events';
import { Server } from 'node:net';
import type { Balancer } from '@holdfast/contracts';
import type { Registry } from 'prom-client';
import type { Upstreams } from '@holdfast/balancer-http';
import type { Traffic } from '../metrics/traffic.js';
import type { MetricShown } from '../metrics/worker-metrics.js';
import type { Readiness } from '@holdfast/service-defaults';
import type { OpenStreams } from '../streams/open-streams.js';
import type { RequestsInFlight } from '../http/requests-in-flight.js';
import type { Sighting, WorkerView } from '../supervisor/messages.js';
import type { WorkerAnswers } from '../worker/supervisor-link.js';

/** What a worker knows of itself. */
export interface GatewayStateParts {
  readonly readiness: Readiness;
  readonly registry: Registry;
  readonly inFlight: RequestsInFlight;
  readonly upstreams: Upstreams;
  readonly traffic: Traffic;
  readonly server: Server;
  /** Where `server` listens. */
  readonly address: { readonly port: number; readonly host: string };
  /** What would never end by itself. */
  readonly streams: Pick<OpenStreams, 'drain' | 'resume'>;
}

/** How this worker stands, and whether it takes new connections. */
export class GatewayState implements WorkerAnswers {
  #isResting = false;
  #isLeaving = false;

  constructor(private readonly parts: GatewayStateParts) {}

  view(): WorkerView {
    const { readiness, inFlight, upstreams, traffic } = this.parts;
    const now = Date.now();
    const instances = upstreams.view().map(({ ejectedForMs, circuit: _circuit, ...instance }): Sighting => ({
      ...instance,
      ejectedUntil: ejectedForMs === undefined ? null : now + ejectedForMs,
      traffic: traffic.of(instance.id),
    }));
    return {
      state: readiness.state,
      inFlight: inFlight.count,
      traffic: traffic.answers.counts(),
      policies: Object.fromEntries(instances.map(({ service }) => [service, upstreams.policyOf(service)])),
      instances,
    };
  }

  metrics(): Promise<readonly MetricShown[]> {
    return this.parts.registry.getMetricsAsJSON();
  }

  usePolicy({ service, policy }: Balancer): void {
    this.parts.upstreams.usePolicy(service, policy);
  }

  /**
   * Rests: new connections go to the other workers, each answer closes its connection, streams end. The listening socket
   * is shared, so that closing it here takes nothing from the others; what waits in it they accept.
   */
  async rest(resting: boolean): Promise<void> {
    if (resting === this.#isResting) return;
    if (this.#isLeaving) throw new Error('This worker is about to end.');
    const { readiness, inFlight, server, address, streams } = this.parts;
    this.#isResting = resting;
    readiness.state = resting ? 'draining' : 'ready';
    inFlight.closeAfterAnswer(resting);
    if (resting) {
      // Not the HTTP server's own `close`: it cuts idle connections, on which a request may be about to arrive.
      Server.prototype.close.call(server);
      streams.drain();
    } else {
      streams.resume();
      server.listen(address.port, address.host);
      await once(server, 'listening');
    }
  }

  /** It is about to end: there is no way back. */
  leave(): void {
    this.#isLeaving = true;
  }
}
