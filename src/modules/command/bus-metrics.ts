import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { Bus } from '../../platform/bus/bus.js';
import type { BrokerStats } from '../../platform/bus/bus.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { Metrics } from '../../platform/telemetry/metrics.js';
import type { Reading } from '../../platform/telemetry/metrics.js';
import type { Clock } from '../../shared/clock.js';
import type { Command } from './command.js';
import { ALL_OPEN, commandTable } from './command.table.js';
import type { CommandIndex } from './command.table.js';

const WAITING_STATES = ['pending', 'published', 'delivered'] as const;

/** Ages of commands, with their upper bounds in seconds. */
const AGES: readonly (readonly [age: string, limit: number])[] = [
  ['10s', 10],
  ['1m', 60],
  ['5m', 300],
  ['1h', 3600],
  ['older', Infinity],
];

/** Exports command delivery metrics to Prometheus. */
@Injectable()
export class BusMetrics {
  constructor(
    metrics: Metrics,
    private readonly bus: Bus,
    @InjectTable(commandTable) private readonly commands: Table<Command, CommandIndex>,
    @InjectClock() private readonly clock: Clock,
  ) {
    metrics.gauge('metal_api_bus_connected', '1 if commands can be sent', () => [
      { value: bus.state().connected ? 1 : 0 },
    ]);
    metrics.gauge(
      'metal_api_bus_oldest_undelivered_command_seconds',
      'age of the oldest command that no agent has started, 0 if there is none',
      () => [{ value: this.oldestUndelivered() }],
    );
    metrics.gauge(
      'metal_api_commands_waiting',
      'commands of the journal that have not ended, by state and age',
      () => this.byAge(),
      'state',
      'age',
    );
    const kinds = (name: keyof BrokerStats, help: string): void =>
      metrics.gauge(`metal_api_bus_${name}_messages`, help, () => this.byKind(name), 'kind');
    kinds('pending', 'messages at the broker that have not been delivered yet');
    kinds('unacknowledged', 'messages delivered to a consumer but not acknowledged');
    kinds('redelivered', 'messages that have been redelivered');
  }

  /** In seconds; read from memory. */
  oldestUndelivered(): number {
    const waiting = this.commands.by('open', ALL_OPEN).filter(({ state }) => state !== 'delivered');
    const oldest = Math.min(...waiting.map(({ created }) => Date.parse(created)), this.clock.now());
    return (this.clock.now() - oldest) / 1000;
  }

  /** One reading for each state and age, also for those without commands, so that graphs return to zero. */
  private byAge(): readonly Reading[] {
    const counts = new Map(WAITING_STATES.flatMap((state) => AGES.map(([age]) => [`${state} ${age}`, 0])));
    const now = this.clock.now();
    for (const { state, created } of this.commands.by('open', ALL_OPEN)) {
      const seconds = (now - Date.parse(created)) / 1000;
      const [age] = AGES.find(([, limit]) => seconds < limit) ?? AGES[AGES.length - 1]!;
      const key = `${state} ${age}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return [...counts].map(([key, value]) => ({ labels: key.split(' '), value }));
  }

  private byKind(name: keyof BrokerStats) {
    return Object.entries(this.bus.brokerStats()?.[name] ?? {}).map(([kind, value]) => ({ labels: [kind], value }));
  }
}
