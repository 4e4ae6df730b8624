import type { ConsumerInfo, JetStreamManager } from 'nats';
import type { BusFigures } from '../bus.js';
import type { NatsLink } from './link.js';
import { ForeignStreams } from './ownership.js';
import type { Streams } from './streams.js';
import type { Names } from './subjects.js';

const EVERY_MS = 5000;

interface Count {
  readonly pending: number;
  readonly unacknowledged: number;
  readonly redelivered: number;
}

/** Asks the broker every few seconds what waits there, and whether the streams are still this installation's. */
export class Figures {
  private known: BusFigures | undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly link: NatsLink,
    private readonly names: Names,
    private readonly streams: Streams,
  ) {
    this.timer = setInterval(() => void this.look(), EVERY_MS).unref();
  }

  /** Undefined while the broker is away. */
  get latest(): BusFigures | undefined {
    return this.link.state().connected ? this.known : undefined;
  }

  stop(): void {
    clearInterval(this.timer);
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
      if (error instanceof ForeignStreams) await this.link.reconsider(error.message);
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

const figuresOf = (commands: Count, results: Count): BusFigures => ({
  pending: { commands: commands.pending, results: results.pending },
  unacknowledged: { commands: commands.unacknowledged, results: results.unacknowledged },
  redelivered: { commands: commands.redelivered, results: results.redelivered },
});
