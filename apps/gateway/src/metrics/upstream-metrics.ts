import type { Member, Outcome } from '@holdfast/balancer-core';
import type { Upstreams } from '@holdfast/balancer-http';
import { Durations, statusClass, Tally, type DurationSeries } from '@holdfast/service-defaults';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Traffic } from './traffic.js';

/** Counts how instances answer, how often somebody else is asked, and who is taken out. */
export function measureUpstreams(
  registry: Registry,
  upstreams: Upstreams,
  traffic: Pick<Traffic, 'tried'>,
): void {
  const durations = new InstanceDurations(registry, upstreams);
  const retries = new Tally({
    name: 'holdfast_upstream_retries_total',
    help: 'Tries after the first, by service',
    registry,
  });
  upstreams.observe({
    onTried: (member, outcome) => {
      durations.observe(member, outcome);
      traffic.tried(member, outcome);
    },
    onRetry: (service) => retries.series({ service }).add(),
  });
  const ejections = new Counter({
    name: 'holdfast_upstream_ejections_total',
    help: 'Instances that were taken out, by service and why',
    labelNames: ['service', 'because'],
    registers: [registry],
  });
  upstreams.onOut(({ member: { service }, because }) => ejections.inc({ service, because }));
  new Gauge({
    name: 'holdfast_upstream_retries_left',
    help: 'Retries that the budget of a service allows at this moment',
    labelNames: ['service'],
    registers: [registry],
    collect() {
      for (const { service, left } of upstreams.retryBudgets()) this.set({ service }, left);
    },
  });
  new Gauge({
    name: 'holdfast_upstream_instances',
    help: 'Instances that are known, by service and whether they are given requests',
    labelNames: ['service', 'available'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { service, available } of upstreams.view())
        this.inc({ service, available: String(available) });
    },
  });
}

/** Series of the instances that are known: those of others are dropped when somebody looks. */
class InstanceDurations {
  readonly #durations: Durations;
  readonly #known = new Map<string, Map<string, DurationSeries>>();

  constructor(
    registry: Registry,
    private readonly upstreams: Upstreams,
  ) {
    this.#durations = new Durations({
      name: 'holdfast_upstream_duration_seconds',
      help: 'How long an instance took until the head of its answer, by class of status or what came instead',
      registry,
      beforeShown: () => this.#forget(),
    });
  }

  observe(member: Member, outcome: Outcome): void {
    const isAnswer = outcome.kind === 'answered';
    const how = isAnswer ? statusClass(outcome.status) : outcome.kind;
    this.#of(member, how).observe(isAnswer ? outcome.latencyMs : outcome.afterMs);
  }

  #of({ id: instance, service }: Member, outcome: string): DurationSeries {
    let series = this.#known.get(instance);
    if (!series) this.#known.set(instance, (series = new Map<string, DurationSeries>()));
    let one = series.get(outcome);
    if (!one) series.set(outcome, (one = this.#durations.series({ service, instance, outcome })));
    return one;
  }

  #forget(): void {
    const there = new Set(this.upstreams.view().map(({ id }) => id));
    for (const id of this.#known.keys()) if (!there.has(id)) this.#known.delete(id);
    this.#durations.keep(({ instance = '' }) => there.has(instance));
  }
}
