import type { Metric, Registry } from 'prom-client';

/** Values of labels by their names. */
export type Labels = Readonly<Record<string, string>>;

/** What a metric is called, and where it is shown. */
export interface HotMetricOptions {
  readonly name: string;
  readonly help: string;
  readonly registry: Registry;
  /** Called before it is shown: the moment to `keep` what is still there. */
  readonly beforeShown?: () => void;
}

interface Value {
  readonly labels: Record<string, string | number>;
  readonly value: number;
  readonly metricName?: string;
}

/** From half a millisecond, which a session that is near takes, to the longest deadline. In seconds. */
const BOUNDS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** One series of `Durations`. Counts in 10 ns, where a child of prom-client's histogram takes 350: it hashes its labels. */
export class DurationSeries {
  readonly #counts = new Float64Array(BOUNDS_S.length + 1);
  #sum = 0;

  constructor(private readonly labels: Labels) {}

  /** @param ms - milliseconds; shown as seconds */
  observe(ms: number): void {
    const seconds = ms / 1_000;
    let at = 0;
    while (at < BOUNDS_S.length && seconds > (BOUNDS_S[at] ?? Infinity)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += seconds;
  }

  /** @internal */
  values(name: string): readonly Value[] {
    let count = 0;
    const buckets = [...this.#counts].map((each, at): Value => {
      count += each;
      const le = BOUNDS_S[at] ?? '+Inf';
      return { labels: { le, ...this.labels }, value: count, metricName: `${name}_bucket` };
    });
    const labels = { ...this.labels };
    return [
      ...buckets,
      { labels, value: this.#sum, metricName: `${name}_sum` },
      { labels, value: count, metricName: `${name}_count` },
    ];
  }
}

/** One series of a `Tally`. */
export class TallySeries {
  #count = 0;

  constructor(private readonly labels: Labels) {}

  add(count = 1): void {
    this.#count += count;
  }

  /** @internal */
  values(): readonly Value[] {
    return [{ labels: { ...this.labels }, value: this.#count }];
  }
}

/** What both have: series by their labels, made once and kept by who counts, so that nothing is looked up to count. */
abstract class HotMetric<S extends DurationSeries | TallySeries> {
  readonly name: string;
  readonly help: string;
  readonly aggregator = 'sum';
  abstract readonly type: 'histogram' | 'counter';
  readonly #beforeShown: () => void;
  readonly #series = new Map<string, { readonly labels: Labels; readonly series: S }>();

  constructor({ name, help, registry, beforeShown = () => undefined }: HotMetricOptions) {
    this.#beforeShown = beforeShown;
    this.name = name;
    this.help = help;
    // Typed as one of its own classes; what it asks of a metric is `name` and `get`.
    registry.registerMetric(this as unknown as Metric);
  }

  /** The series with these labels: the same each time. */
  series(labels: Labels = {}): S {
    const key = Object.values(labels).join('\n');
    const known = this.#series.get(key);
    if (known) return known.series;
    const series = this.make(labels);
    this.#series.set(key, { labels, series });
    return series;
  }

  /** Drops the series of what is gone, so that there are never more than there are things to count. */
  keep(isThere: (labels: Labels) => boolean): void {
    for (const [key, { labels }] of this.#series) if (!isThere(labels)) this.#series.delete(key);
  }

  /** @internal For prom-client. */
  async get(): Promise<object> {
    this.#beforeShown();
    const values = [...this.#series.values()].flatMap(({ series }) => series.values(this.name));
    return { name: this.name, help: this.help, type: this.type, aggregator: this.aggregator, values };
  }

  protected abstract make(labels: Labels): S;
}

/** A histogram of durations for what happens with each request. Labels must have few values: never an id or a path. */
export class Durations extends HotMetric<DurationSeries> {
  readonly type = 'histogram';

  protected make(labels: Labels): DurationSeries {
    return new DurationSeries(labels);
  }
}

/** A counter for what happens with each request. Labels as above. */
export class Tally extends HotMetric<TallySeries> {
  readonly type = 'counter';

  protected make(labels: Labels): TallySeries {
    return new TallySeries(labels);
  }
}

/** `2xx` and its like. */
export function statusClass(status: number): string {
  return CLASSES[Math.floor(status / 100)] ?? 'other';
}

const CLASSES: readonly (string | undefined)[] = [undefined, '1xx', '2xx', '3xx', '4xx', '5xx'];
