import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { Durations, statusClass, type DurationSeries } from './hot-metrics.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Where answers of the route are counted, by class of status. */
    durations?: RouteDurations;
  }
}

/** The series of one route: one for each class of status, made when the first such answer is given. */
export class RouteDurations {
  readonly #series: (DurationSeries | undefined)[] = [];

  constructor(
    private readonly durations: Durations,
    private readonly method: string,
    private readonly route: string,
  ) {}

  observe(status: number, ms: number): void {
    const at = Math.floor(status / 100);
    (this.#series[at] ??= this.#make(status)).observe(ms);
  }

  #make(status: number): DurationSeries {
    return this.durations.series({ method: this.method, route: this.route, status: statusClass(status) });
  }
}

/**
 * Counts the requests of every route that is registered on `fastify` from now on, by its template and class of status, and
 * how long they took until the answer was sent. What is no route counts as one: `route="none"`.
 */
export function measureRequests(fastify: FastifyInstance, registry: Registry): void {
  const durations = new Durations({
    name: 'holdfast_http_request_duration_seconds',
    help: 'How long requests took, by route and class of status',
    registry,
  });
  const none = new RouteDurations(durations, 'any', 'none');
  fastify.addHook('onRoute', (route) => {
    const method = [route.method].flat().join('|');
    route.config = { ...route.config, durations: new RouteDurations(durations, method, route.url) };
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { durations: ofRoute = none } = request.routeOptions.config;
    (request.is404 ? none : ofRoute).observe(reply.statusCode, reply.elapsedTime);
    done();
  });
}
