import type { ConsumerInfo, JetStreamManager } from 'nats';
import type { AppLogger } from '../../../shared/app-logger.js';
import { Scheduler } from '../../../shared/concurrency/scheduler.js';
import type { BrokerStats } from '../bus.js';
import { KeptMessages } from './kept-messages.js';
import type { NatsLink } from './link.js';
import { ForeignStreams } from './ownership.js';
import type { StreamManager } from './stream-manager.js';
import type { BrokerNames } from './subjects.js';

const EVERY_MS = 5000;

interface Count {
  readonly pending: number;
  readonly unacknowledged: number;
  readonly redelivered: number;
}

/**
 * Polls the broker for waiting messages, and checks that the streams still belong to this installation and lose what is
 * acknowledged.
 */
export class BrokerStatsPoller {
  private known: BrokerStats | undefined;
  private readonly kept: KeptMessages;
  private readonly jobs = new Scheduler(() => undefined);

  constructor(
    private readonly link: NatsLink,
    private readonly names: BrokerNames,
    private readonly streams: StreamManager,
    log: AppLogger,
  ) {
    this.kept = new KeptMessages(log);
    this.jobs.every(EVERY_MS, 'figures of the broker', () => this.look());
  }

  /** Undefined while the broker is not available. */
  get latest(): BrokerStats | undefined {
    return this.link.state().connected ? this.known : undefined;
  }

  stop(): void {
    void this.jobs.stop(); // without waiting for a broker that may not answer
  }

  private async look(): Promise<void> {
    if (!this.link.state().connected) return;
    try {
      const connection = this.link.connection();
      const manager = await connection.jetstreamManager({ checkAPI: false });
      await this.streams.checkOwner(manager);
      const { commandStream, resultStream } = this.names;
      const commands = await consumersOf(manager, commandStream);
      const results = await consumersOf(manager, resultStream);
      this.known = figuresOf(countOf(commands), countOf(results));
      await this.kept.check(connection, manager, commandStream, commands);
      await this.kept.check(connection, manager, resultStream, results);
    } catch (error) {
      this.known = undefined;
      if (error instanceof ForeignStreams) await this.link.revalidate(error.message);
    }
  }
}

async function consumersOf(manager: JetStreamManager, stream: string): Promise<ConsumerInfo[]> {
  const consumers: ConsumerInfo[] = [];
  for await (const consumer of manager.consumers.list(stream)) consumers.push(consumer);
  return consumers;
}

function countOf(consumers: readonly ConsumerInfo[]): Count {
  const sum = (figure: (consumer: ConsumerInfo) => number): number =>
    consumers.reduce((total, consumer) => total + figure(consumer), 0);
  return {
    pending: sum(({ num_pending }) => num_pending),
    unacknowledged: sum(({ num_ack_pending }) => num_ack_pending),
    redelivered: sum(({ num_redelivered }) => num_redelivered),
  };
}

const figuresOf = (commands: Count, results: Count): BrokerStats => ({
  pending: { commands: commands.pending, results: results.pending },
  unacknowledged: { commands: commands.unacknowledged, results: results.unacknowledged },
  redelivered: { commands: commands.redelivered, results: results.redelivered },
});
