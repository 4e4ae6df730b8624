import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Upper bounds in seconds (docs/reference/metrics.md#exposed-metrics). */
const BUCKETS = [0.25, 0.5, 1, 2.5, 5, 10];

/** Upper bounds in seconds for calls of the database: a durable write takes milliseconds. */
const STORE_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

/** What the sweeper counts. */
const SWEPT = ['claim', 'release', 'orphan', 'bundle', 'failed'] as const;

/** One value of a gauge, with the values of its labels in their order. */
export interface Reading {
  readonly labels?: readonly string[];
  readonly value: number;
}

/**
 * The metrics for Prometheus, with the names that existing dashboards use (docs/reference/metrics.md#exposed-metrics).
 */
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
  private readonly refusals = new Counter({
    name: 'metal_api_refused_total',
    help: 'requests and connections refused or cut off because callers exceed limits or are too slow, by reason',
    labelNames: ['reason'] as const,
    registers: [this.registry],
  });
  private readonly grpcDurations = new Histogram({
    name: 'metal_api_grpc_request_duration_seconds',
    help: 'duration of unary gRPC calls by full method name',
    labelNames: ['method'] as const,
    buckets: BUCKETS,
    registers: [this.registry],
  });

  private readonly grpcCalls = new Counter({
    name: 'metal_api_grpc_requests_total',
    help: 'unary gRPC calls by full method name and status code',
    labelNames: ['method', 'code'] as const,
    registers: [this.registry],
  });
  private readonly storeDurations = new Histogram({
    name: 'metal_api_store_operation_duration_seconds',
    help: 'duration of calls of the database by operation',
    labelNames: ['operation'] as const,
    buckets: STORE_BUCKETS,
    registers: [this.registry],
  });
  private readonly storeErrors = new Counter({
    name: 'metal_api_store_errors_total',
    help: 'failed calls of the database by operation',
    labelNames: ['operation'] as const,
    registers: [this.registry],
  });
  private readonly jobRuns = new Counter({
    name: 'metal_api_job_runs_total',
    help: 'runs of periodic jobs on this replica by task and outcome (ok, failed)',
    labelNames: ['task', 'outcome'] as const,
    registers: [this.registry],
  });
  private readonly jobSeconds = new Counter({
    name: 'metal_api_job_seconds_total',
    help: 'time that periodic jobs took on this replica',
    labelNames: ['task'] as const,
    registers: [this.registry],
  });
  private readonly sweeps = new Counter({
    name: 'metal_api_sweeper_items_total',
    help: 'interrupted work that the sweeper of this replica settled: claim, release, orphan; failed = will be retried',
    labelNames: ['kind'] as const,
    registers: [this.registry],
  });

  constructor() {
    for (const kind of SWEPT) this.sweeps.inc({ kind }, 0);
    collectDefaultMetrics({ register: this.registry });
  }

  /** Records a REST request; `route` is the template with base path and `{id}`, empty for an unknown path. */
  observeRequest(route: string, method: string, code: number, seconds: number): void {
    this.requests.inc({ code: String(code), method });
    this.durations.observe({ route, method }, seconds);
  }

  /** Records a refused or cut off request or connection; `reason` is one of a few words. */
  observeRefusal(reason: string): void {
    this.refusals.inc({ reason });
  }

  /**
   * Records a finished unary gRPC call; `method` is the full name, e.g. `/api.v1.BootService/Register`, `code` the name
   * of its status, e.g. `OK`.
   */
  observeGrpc(method: string, seconds: number, code = 'OK'): void {
    this.grpcDurations.observe({ method }, seconds);
    this.grpcCalls.inc({ method, code });
  }

  /** Records a call of the database. */
  observeStore(operation: string, seconds: number, failed: boolean): void {
    this.storeDurations.observe({ operation }, seconds);
    if (failed) this.storeErrors.inc({ operation });
  }

  /** Records a run of a periodic job. */
  observeJob(job: string, seconds: number, failed: boolean): void {
    this.jobRuns.inc({ task: job, outcome: failed ? 'failed' : 'ok' });
    this.jobSeconds.inc({ task: job }, seconds);
  }

  /** Records items that the sweeper settled, or failed to. */
  observeSweep(kind: (typeof SWEPT)[number], count: number): void {
    this.sweeps.inc({ kind }, count);
  }

  /** Registers a gauge that is read at each scrape; each reading has the values of `labelNames` in their order. */
  gauge(name: string, help: string, read: () => readonly Reading[], ...labelNames: readonly string[]): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      collect: () => {
        gauge.reset();
        for (const { labels = [], value } of read()) {
          gauge.set(Object.fromEntries(labelNames.map((label, index) => [label, labels[index] ?? ''])), value);
        }
      },
    });
  }

  /** The registry, for components that define their own metrics. */
  get register(): Registry {
    return this.registry;
  }

  /** All metrics in Prometheus's text format, and its media type. */
  async render(): Promise<{ readonly type: string; readonly text: string }> {
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }
}
