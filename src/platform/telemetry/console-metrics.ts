import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** What the gauges of a console server are read from, at each scrape. */
export interface ConsoleState {
  readonly connections: number;
  /** Open sessions, by kind of user. */
  readonly sessions: Readonly<Record<string, number>>;
}

/** The metrics of a console server for Prometheus (docs/guide/serial-console.md#metrics-and-health). */
export class ConsoleMetrics {
  private readonly registry = new Registry();
  private readonly logins = this.counter('metal_console_logins_total', 'logins, by method and result', [
    'method',
    'result',
  ]);
  private readonly ends = this.counter('metal_console_sessions_ended_total', 'sessions that have ended, by reason', [
    'reason',
  ]);
  private readonly refusals = this.counter('metal_console_refused_connections_total', 'refused connections', []);

  constructor(read: () => ConsoleState) {
    collectDefaultMetrics({ register: this.registry });
    const connections: Gauge = new Gauge({
      name: 'metal_console_connections',
      help: 'open connections',
      registers: [this.registry],
      collect: () => connections.set(read().connections),
    });
    const sessions: Gauge<'user'> = new Gauge({
      name: 'metal_console_sessions',
      help: 'open sessions, by kind of user',
      labelNames: ['user'] as const,
      registers: [this.registry],
      collect: () => {
        for (const [user, count] of Object.entries(read().sessions)) sessions.set({ user }, count);
      },
    });
  }

  observeLogin(method: string, result: 'accepted' | 'refused' | 'failed'): void {
    this.logins.inc({ method, result });
  }

  observeEnd(reason: string): void {
    this.ends.inc({ reason });
  }

  observeRefusal(): void {
    this.refusals.inc();
  }

  /** All metrics in Prometheus's text format, and its media type. */
  async render(): Promise<{ readonly type: string; readonly text: string }> {
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }

  private counter<T extends string>(name: string, help: string, labelNames: readonly T[]): Counter<T> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}
