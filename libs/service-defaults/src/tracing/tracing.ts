import type { ActiveSpan } from './active-span.js';

/** A request, as a span begins with it. */
export interface TracedRequest {
  readonly method?: string | undefined;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The span of a request that this process serves. */
export interface RequestSpan extends ActiveSpan {
  /** @param route - the template of its route; never a path */
  end(route: string | undefined, status: number): void;
}

/** Makes spans, and sends them to a collector. */
export interface Tracing {
  /** Begins the span of a request: in the trace that it came with, else in one of its own. */
  begin(request: TracedRequest): RequestSpan;
  /** Sends what is left. Never rejects. */
  close(): Promise<void>;
}

/** Where spans go, and whose they are. */
export interface TracingSettings {
  readonly service: string;
  readonly instance: string;
  /** The collector's base URL, to which `/v1/traces` is added. */
  readonly endpoint: string | undefined;
  /** Share of the traces that begin here that are kept, 0 to 1; what came with a trace follows its `sampled` flag. */
  readonly share: number;
}

/** Begins to trace; `undefined` without an endpoint, and then nothing of OpenTelemetry is even loaded. */
export async function startTracing(settings: TracingSettings): Promise<Tracing | undefined> {
  const { endpoint } = settings;
  if (endpoint === undefined) return undefined;
  const { OtelTracing } = await import('./otel-tracing.js');
  return new OtelTracing({ ...settings, endpoint });
}
