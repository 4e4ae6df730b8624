import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** What the metrics of a partition agent are read from, at each scrape. */
export interface AgentState {
  readonly isConnected: boolean;
  /** BMCs of the last round of reports, by protocol; those that could not be asked as `unknown`. */
  readonly bmcs: Readonly<Record<string, number>>;
  /** Time of the last report that the API took, in seconds since 1970; 0 if there was none. */
  readonly lastReport: number;
}

/** The metrics of a partition agent for Prometheus (docs/guide/partition-agent.md#metrics-and-health). */
export class AgentMetrics {
  private readonly registry = new Registry();
  private readonly commands = new Counter({
    name: 'metal_agent_commands_total',
    help: 'commands that have ended, by name and result',
    labelNames: ['command', 'state'] as const,
    registers: [this.registry],
  });

  constructor(read: () => AgentState) {
    collectDefaultMetrics({ register: this.registry });
    this.gauge('metal_agent_bus_connected', '1 if the agent can take commands', () => ({
      '': Number(read().isConnected),
    }));
    this.gauge('metal_agent_last_report_timestamp_seconds', 'time of the last report that the API took', () => ({
      '': read().lastReport,
    }));
    this.gauge('metal_agent_bmcs', 'BMCs of the last round of reports, by protocol', () => read().bmcs, 'protocol');
  }

  observeCommand(command: string, state: string): void {
    this.commands.inc({ command, state });
  }

  /** All metrics in Prometheus's text format, and its media type. */
  async render(): Promise<{ readonly type: string; readonly text: string }> {
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }

  private gauge(name: string, help: string, read: () => Readonly<Record<string, number>>, label?: string): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [this.registry],
      collect: () => {
        gauge.reset();
        for (const [of, value] of Object.entries(read())) gauge.set(label === undefined ? {} : { [label]: of }, value);
      },
    });
  }
}
