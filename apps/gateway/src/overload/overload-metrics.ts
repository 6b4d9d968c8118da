import { Counter, Gauge, type Registry } from 'prom-client';
import type { Overload, OverloadOptions, OverloadView } from './overload.js';

const OF_SERVICE = ['service'] as const;

/** Counts what is shed. */
export function shedCounter(registry: Registry): NonNullable<OverloadOptions['onShed']> {
  const shed = new Counter({
    name: 'holdfast_gateway_shed_total',
    help: 'Requests that were shed, by service, priority of the route, and what was overloaded',
    labelNames: [...OF_SERVICE, 'priority', 'reason'],
    registers: [registry],
  });
  return (service, priority, reason) => shed.inc({ service, priority, reason });
}

/** Shows how it stands with each service. */
export function overloadGauges(registry: Registry, overload: Pick<Overload, 'view'>): void {
  const gauge = (name: string, help: string, value: (view: OverloadView) => number) =>
    new Gauge({
      name,
      help,
      labelNames: OF_SERVICE,
      registers: [registry],
      collect() {
        for (const view of overload.view()) this.set({ service: view.service }, value(view));
      },
    });
  gauge(
    'holdfast_gateway_concurrency_limit',
    'Requests that a service may have in flight from this worker',
    ({ limit }) => limit,
  );
  gauge(
    'holdfast_gateway_in_flight',
    'Requests that a service has in flight from this worker',
    ({ inFlight }) => inFlight,
  );
  gauge(
    'holdfast_gateway_waiting',
    'Requests that wait for their turn at a service',
    ({ waiting }) => waiting,
  );
}
