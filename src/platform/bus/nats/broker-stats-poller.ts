import type { ConsumerInfo, JetStreamManager } from 'nats';
import { Scheduler } from '../../../shared/concurrency/scheduler.js';
import type { BrokerStats } from '../bus.js';
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

/** Polls the broker for waiting messages, and checks that the streams still belong to this installation. */
export class BrokerStatsPoller {
  private known: BrokerStats | undefined;
  private readonly jobs = new Scheduler(() => undefined);

  constructor(
    private readonly link: NatsLink,
    private readonly names: BrokerNames,
    private readonly streams: StreamManager,
  ) {
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
      const manager = await this.link.connection().jetstreamManager({ checkAPI: false });
      await this.streams.checkOwner(manager);
      this.known = figuresOf(
        await counted(manager, this.names.commandStream),
        await counted(manager, this.names.resultStream),
      );
    } catch (error) {
      this.known = undefined;
      if (error instanceof ForeignStreams) await this.link.revalidate(error.message);
    }
  }
}

async function counted(manager: JetStreamManager, stream: string): Promise<Count> {
  const consumers: ConsumerInfo[] = [];
  for await (const consumer of manager.consumers.list(stream)) consumers.push(consumer);
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
