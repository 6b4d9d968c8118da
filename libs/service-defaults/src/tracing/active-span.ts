import { AsyncLocalStorage } from 'node:async_hooks';

/** What is particular to a span, by the names of OpenTelemetry's semantic conventions. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

/** Ends a span; with an error it has failed. */
export type EndSpan = (error?: unknown) => void;

/** The span in which code runs. */
export interface ActiveSpan {
  /** W3C Trace Context 3.2: what is caused elsewhere belongs to this span. */
  readonly traceparent: string;
  /** Begins a span below it, of a call to something else. */
  child(name: string, attributes: SpanAttributes): EndSpan;
}

const active = new AsyncLocalStorage<ActiveSpan>();

/** The span in which this code runs; `undefined` where nothing is traced, which costs as good as nothing. */
export function activeSpan(): ActiveSpan | undefined {
  return active.getStore();
}

/** Runs `act`, and what it causes, in a span. */
export function runInSpan<T>(span: ActiveSpan, act: () => T): T {
  return active.run(span, act);
}

/** W3C Trace Context 3.2.2. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** The trace id of a valid `traceparent`, 32 hexadecimal digits. */
export function traceIdOf(traceparent: unknown): string | undefined {
  return typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
}

/** `traceparent` of the span in which this code runs; none where nothing is traced. */
export function tracedHeaders(): Readonly<Record<string, string>> {
  const span = active.getStore();
  return span ? { traceparent: span.traceparent } : {};
}
