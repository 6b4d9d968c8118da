import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue } from 'prom-client';

/** One metric of one worker, as prom-client writes it for others. */
export type MetricShown = MetricObjectWithValues<MetricValue<string>>;

/**
 * The sum of what workers count. A worker that has ended still counts with what it said last, gauges apart: a sum that
 * falls would be taken for a counter that began anew, and all that the others have counted for new.
 */
export class WorkerMetrics {
  readonly #said = new Map<number, readonly MetricShown[]>();
  #departed: readonly MetricShown[] = [];

  /** Takes what a worker says, by its pid. `undefined`, it was silent: what it said last goes on counting. */
  take(pid: number, metrics: readonly MetricShown[] | undefined): void {
    if (metrics) this.#said.set(pid, metrics);
  }

  /** A worker has ended. */
  async bury(pid: number): Promise<void> {
    const last = this.#said.get(pid);
    if (!last) return;
    this.#said.delete(pid);
    const counted = last.filter(({ type }) => String(type) !== 'gauge');
    this.#departed = await summed([this.#departed, counted]);
  }

  /** The sum of all. Of instances that no worker knows any more nothing is left. */
  async sum(): Promise<readonly MetricShown[]> {
    const all = [...this.#said.values()];
    const instances = new Set(all.flat().flatMap(({ values }) => values.map(instanceOf)));
    this.#departed = this.#departed.map((metric) => ({
      ...metric,
      values: metric.values.filter((value) => instances.has(instanceOf(value))),
    }));
    return summed([...all, this.#departed]);
  }
}

/** Prometheus' text format of metrics. */
export function textOf(metrics: readonly MetricShown[]): Promise<string> {
  return AggregatorRegistry.aggregate([[...metrics]]).metrics();
}

function summed(several: readonly (readonly MetricShown[])[]): Promise<MetricShown[]> {
  return AggregatorRegistry.aggregate(several.map((each) => [...each])).getMetricsAsJSON();
}

function instanceOf({ labels }: MetricValue<string>): string | number | undefined {
  return labels['instance'];
}
