import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Upper bounds in seconds (reference/40 §6.1). */
const BUCKETS = [0.25, 0.5, 1, 2.5, 5, 10];

/** One value of a gauge. */
export interface Reading {
  readonly label?: string;
  readonly value: number;
}

/** What Prometheus scrapes, under the names that existing dashboards know (reference/40 §6.1). */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Counter({
    name: 'metal_api_requests_total',
    help: 'REST requests by status code and HTTP method',
    labelNames: ['code', 'method'] as const,
    registers: [this.registry],
  });
  private readonly durations = new Histogram({
    name: 'metal_api_request_duration_seconds',
    help: 'duration of REST requests by route and HTTP method',
    labelNames: ['route', 'method'] as const,
    buckets: BUCKETS,
    registers: [this.registry],
  });
  private readonly grpcDurations = new Histogram({
    name: 'metal_api_grpc_request_duration_seconds',
    help: 'duration of unary gRPC calls by full method name',
    labelNames: ['method'] as const,
    buckets: BUCKETS,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** One answered REST request; `route` is the template with base path and `{id}`, empty for an unknown path. */
  observeRequest(route: string, method: string, code: number, seconds: number): void {
    this.requests.inc({ code: String(code), method });
    this.durations.observe({ route, method }, seconds);
  }

  /** One finished unary gRPC call; `method` is the full name, e.g. `/api.v1.BootService/Register`. */
  observeGrpc(method: string, seconds: number): void {
    this.grpcDurations.observe({ method }, seconds);
  }

  /** A figure that is read at each scrape; with `label`, one for each value of that label that `read` names. */
  gauge(name: string, help: string, read: () => readonly Reading[], label?: string): void {
    const labelNames = label === undefined ? [] : [label];
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect: () => {
        gauge.reset();
        for (const { label: of = '', value } of read()) gauge.set(label === undefined ? {} : { [label]: of }, value);
      },
    });
  }

  /** The registry, for parts with figures of their own. */
  get register(): Registry {
    return this.registry;
  }

  /** All figures in Prometheus's text format, and its media type. */
  async render(): Promise<{ readonly type: string; readonly text: string }> {
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }
}
