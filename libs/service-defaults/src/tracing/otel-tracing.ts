import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { settled } from '../settled.js';
import { traceIdOf, type EndSpan, type SpanAttributes } from './active-span.js';
import type { RequestSpan, TracedRequest, Tracing, TracingSettings } from './tracing.js';

const GOODBYE_WITHIN_MS = 1_000;

/**
 * Spans by OpenTelemetry, sent as OTLP over HTTP in batches. Parents are handed on by us and not by its own context
 * manager, and nothing is patched: its instrumentations hook into module loading, which ES modules do not take on Node 20.
 */
export class OtelTracing implements Tracing {
  readonly #provider: BasicTracerProvider;
  readonly #tracer: Tracer;

  constructor({ service, instance, endpoint, share }: TracingSettings & { readonly endpoint: string }) {
    const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
    this.#provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
    });
    this.#tracer = this.#provider.getTracer('holdfast');
  }

  begin({ method = 'GET', headers }: TracedRequest): RequestSpan {
    const parent = remoteParent(headers['traceparent']);
    const above = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
    const attributes = { 'http.request.method': method };
    const span = this.#tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, above);
    return new OtelRequestSpan(this.#tracer, span, method);
  }

  async close(): Promise<void> {
    await settled(this.#provider.shutdown(), GOODBYE_WITHIN_MS);
  }
}

class OtelRequestSpan implements RequestSpan {
  readonly traceparent: string;
  readonly #context: Context;

  constructor(
    private readonly tracer: Tracer,
    private readonly span: Span,
    private readonly method: string,
  ) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
    this.#context = trace.setSpan(ROOT_CONTEXT, span);
  }

  child(name: string, attributes: SpanAttributes): EndSpan {
    const span = this.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, this.#context);
    return (error) => {
      // What went wrong is in the log, scrubbed; messages of drivers quote what they were given.
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    };
  }

  end(route: string | undefined, status: number): void {
    if (route !== undefined)
      this.span.updateName(`${this.method} ${route}`).setAttribute('http.route', route);
    this.span.setAttribute('http.response.status_code', status);
    if (status >= 500) this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.span.end();
  }
}

function remoteParent(traceparent: unknown): SpanContext | undefined {
  const traceId = traceIdOf(traceparent);
  if (traceId === undefined) return undefined;
  const [, , spanId = '', flags = ''] = String(traceparent).split('-');
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}
