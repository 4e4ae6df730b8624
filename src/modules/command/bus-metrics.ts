import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '../../platform/bus/bus.js';
import type { BusFigures } from '../../platform/bus/bus.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { Metrics } from '../../platform/telemetry/metrics.js';
import { CLOCK } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import type { Command } from './command.js';
import { ALL_OPEN, commandTable } from './command.table.js';
import type { CommandIndex } from './command.table.js';

/** Tells Prometheus how commands get to the agents. */
@Injectable()
export class BusMetrics {
  constructor(
    metrics: Metrics,
    private readonly bus: Bus,
    @InjectTable(commandTable) private readonly commands: Table<Command, CommandIndex>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    metrics.gauge('metal_api_bus_connected', '1 when commands can be sent', () => [
      { value: bus.state().connected ? 1 : 0 },
    ]);
    metrics.gauge(
      'metal_api_bus_oldest_undelivered_command_seconds',
      'age of the oldest command that no agent has begun, 0 when there is none',
      () => [{ value: this.oldestUndelivered() }],
    );
    const kinds = (name: keyof BusFigures, help: string): void =>
      metrics.gauge(`metal_api_bus_${name}_messages`, help, () => this.byKind(name), 'kind');
    kinds('pending', 'messages at the broker that were not delivered yet');
    kinds('unacknowledged', 'messages in the hands of a consumer');
    kinds('redelivered', 'messages that are delivered again');
  }

  /** Seconds; from memory. */
  oldestUndelivered(): number {
    const waiting = this.commands.by('open', ALL_OPEN).filter(({ state }) => state !== 'delivered');
    const oldest = Math.min(...waiting.map(({ created }) => Date.parse(created)), this.clock.now());
    return (this.clock.now() - oldest) / 1000;
  }

  private byKind(name: keyof BusFigures) {
    return Object.entries(this.bus.figures()?.[name] ?? {}).map(([label, value]) => ({ label, value }));
  }
}
