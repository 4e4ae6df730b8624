import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Context, Span, Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { endsWithin } from '../../shared/concurrency/deadline.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import type { OpenSpan, SpanDescription, Spans } from './spans.js';
import { traceparentOf } from './traceparent.js';

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** How long the export of what is left may take at the end, in milliseconds. */
const SHUTDOWN_MS = 3_000;

/** Exports spans with OpenTelemetry. A collector that is away costs spans, never requests: the queue is bounded. */
export class OtelSpans implements Spans {
  private readonly provider: NodeTracerProvider;
  private readonly tracer: Tracer;

  constructor(endpoint: string, service: string, version: string) {
    const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces`, timeoutMillis: 10_000 });
    this.provider = new NodeTracerProvider({
      resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    this.provider.register();
    this.tracer = trace.getTracer('metal-api', version);
  }

  begin(description: SpanDescription, parent: string | undefined): OpenSpan {
    const under = contextOf(parent) ?? ROOT_CONTEXT;
    const span = this.start(description, under);
    return {
      within: (task) => context.with(trace.setSpan(under, span), task),
      end: ({ failed, attributes }) => {
        span.setAttributes(attributes);
        if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  serve<T>(description: SpanDescription, parent: string | undefined, task: () => Promise<T>): Promise<T> {
    return this.run(description, contextOf(parent) ?? ROOT_CONTEXT, task);
  }

  resume<T>(parent: string | undefined, description: SpanDescription, task: () => Promise<T>): Promise<T> {
    const under = contextOf(parent);
    return under === undefined ? task() : this.run(description, under, task);
  }

  child<T>(description: SpanDescription, task: () => Promise<T>): Promise<T> {
    const under = context.active();
    return trace.getSpan(under) === undefined ? task() : this.run(description, under, task);
  }

  current(): string | undefined {
    const span = trace.getSpanContext(context.active());
    if (span === undefined) return undefined;
    return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
  }

  async shutdown(): Promise<void> {
    await endsWithin(this.provider.shutdown(), SHUTDOWN_MS, { keepsAlive: true });
  }

  private start({ name, kind = 'internal', attributes }: SpanDescription, under: Context): Span {
    return this.tracer.startSpan(name, { kind: KINDS[kind], ...(attributes && { attributes }) }, under);
  }

  private run<T>(description: SpanDescription, under: Context, task: () => Promise<T>): Promise<T> {
    const span = this.start(description, under);
    return context.with(trace.setSpan(under, span), async () => {
      try {
        return await task();
      } catch (error) {
        // Only the kind of the error: messages may quote what callers sent.
        span.setAttribute('error.type', typeOf(error));
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  }
}

function typeOf(error: unknown): string {
  if (isDomainError(error)) return error.kind;
  return error instanceof Error ? error.name : 'unknown';
}

/** The context of a remote span; undefined if the text is not a `traceparent`. */
function contextOf(parent: string | undefined): Context | undefined {
  const [, traceId, spanId, flags] = traceparentOf(parent)?.split('-') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const remote = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, remote);
}
