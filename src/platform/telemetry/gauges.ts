import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** Gauges that are read at each scrape, and the figures of the process, in a registry of their own. */
export class Gauges {
  private readonly registry = new Registry();

  /** `readings`: name → what it is, and its value. */
  constructor(readings: Readonly<Record<string, readonly [help: string, read: () => number]>>) {
    collectDefaultMetrics({ register: this.registry });
    for (const [name, [help, read]] of Object.entries(readings)) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        registers: [this.registry],
        collect: () => gauge.set(read()),
      });
    }
  }

  /** All figures in Prometheus's text format, and its media type. */
  async render(): Promise<{ readonly type: string; readonly text: string }> {
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }
}
