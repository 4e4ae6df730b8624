/** What a span is about. Attributes never contain secrets, names of users or contents of requests. */
export interface SpanDescription {
  readonly name: string;
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** A span that ends outside of the function that began it. */
export interface OpenSpan {
  /** Runs `task` within the span, and everything that it starts. */
  within(task: () => void): void;
  end(outcome: { readonly failed: boolean; readonly attributes: Readonly<Record<string, string | number>> }): void;
}

/** The spans of this process (docs/adr/0023-tracing.md). Where tracing is off, all of them do nothing. */
export interface Spans {
  /** Begins a span for a caller; `parent` is their `traceparent`. Undefined if tracing is off. */
  begin(span: SpanDescription, parent: string | undefined): OpenSpan | undefined;
  /** Runs `task` in a span for a caller; `parent` is their `traceparent`. */
  serve<T>(span: SpanDescription, parent: string | undefined, task: () => Promise<T>): Promise<T>;
  /** Runs `task` in a span of the trace that `parent` names; without one, in no span. */
  resume<T>(parent: string | undefined, span: SpanDescription, task: () => Promise<T>): Promise<T>;
  /** Runs `task` in a span of the current trace; outside of a trace, in no span. */
  child<T>(span: SpanDescription, task: () => Promise<T>): Promise<T>;
  /** The `traceparent` of the current span; undefined outside of a trace. */
  current(): string | undefined;
  /** Exports what is left; resolves within a few seconds. */
  shutdown(): Promise<void>;
}

const OFF: Spans = {
  begin: () => undefined,
  serve: (_span, _parent, task) => task(),
  resume: (_parent, _span, task) => task(),
  child: (_span, task) => task(),
  current: () => undefined,
  shutdown: () => Promise.resolve(),
};

let active = OFF;

/** The spans of this process; a process has one exporter, like one log. */
export const spans = (): Spans => active;

/** Whether requests are traced. */
export const isTracing = (): boolean => active !== OFF;

/** Where spans are exported to. */
export interface TracingSettings {
  /** Base URL of an OTLP collector; undefined = tracing is off. */
  readonly endpoint: string | undefined;
  readonly service: string;
}

/** Turns tracing on if an endpoint is configured. The libraries are loaded only then. */
export async function startTracing({ endpoint, service }: TracingSettings, version: string): Promise<void> {
  if (endpoint === undefined) return;
  const { OtelSpans } = await import('./otel-spans.js');
  active = new OtelSpans(endpoint, service, version);
}

/** Turns tracing off; resolves within a few seconds, when what is left has been exported. Idempotent. */
export async function stopTracing(): Promise<void> {
  const ending = active;
  active = OFF;
  await ending.shutdown();
}
