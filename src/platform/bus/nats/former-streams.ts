import type { JsMsg, NatsConnection } from 'nats';
import type { AppLogger } from '../../../shared/app-logger.js';
import type { Subscription } from '../bus.js';
import { commandKey } from '../message-keys.js';
import { decodeCommand } from './codec.js';
import { streamOwner } from './ownership.js';
import type { StreamManager } from './stream-manager.js';
import { COMMAND_STREAM_SUFFIX, RESULT_STREAM_SUFFIX } from './subjects.js';
import type { BrokerNames } from './subjects.js';

const BATCH = 100;
const FETCH_MS = 1000;

/**
 * Streams of this installation under a previous name: moves commands waiting there to the current stream, and consumes
 * the results of agents that still report there.
 */
export class FormerStreams {
  private readonly resultStreams = new Map<string, Subscription[]>();
  private readonly consumers = new Set<(stream: string) => Subscription>();

  constructor(
    private readonly names: BrokerNames,
    private readonly owner: () => string,
    private readonly streams: StreamManager,
    private readonly log: AppLogger,
  ) {}

  /** Consumes from all former result streams, including those found later. */
  onResults(consume: (stream: string) => Subscription): Subscription {
    this.consumers.add(consume);
    for (const [stream, subscriptions] of this.resultStreams) subscriptions.push(consume(stream));
    return {
      stop: async () => {
        this.consumers.delete(consume);
        await Promise.all([...this.resultStreams.values()].flat().map((subscription) => subscription.stop()));
      },
    };
  }

  /** Safe to repeat: a command that was moved but not acknowledged is deduplicated the next time. */
  async moveCommands(connection: NatsConnection): Promise<void> {
    const manager = await connection.jetstreamManager({ checkAPI: false });
    const { commandStream, resultStream } = this.names;
    for await (const { config } of manager.streams.list()) {
      const { name } = config;
      if (streamOwner(config) !== this.owner() || name === commandStream || name === resultStream) continue;
      if (name.endsWith(RESULT_STREAM_SUFFIX)) this.hear(name);
      if (name.endsWith(COMMAND_STREAM_SUFFIX)) await this.move(connection, name);
    }
  }

  private hear(stream: string): void {
    if (this.resultStreams.has(stream)) return;
    this.log.info(`bus: consuming results of agents that still report on stream ${stream}`);
    this.resultStreams.set(
      stream,
      [...this.consumers].map((consume) => consume(stream)),
    );
  }

  private async move(connection: NatsConnection, stream: string): Promise<void> {
    const manager = await connection.jetstreamManager({ checkAPI: false });
    let moved = 0;
    for await (const { name } of manager.consumers.list(stream)) {
      const consumer = await connection.jetstream().consumers.get(stream, name);
      for (let count = BATCH; count === BATCH;) {
        count = 0;
        if ((await consumer.info()).num_pending === 0) break;
        for await (const message of await consumer.fetch({ max_messages: BATCH, expires: FETCH_MS })) {
          await this.moveOne(connection, message);
          count++;
          moved++;
        }
      }
    }
    if (moved > 0) this.log.info(`bus: moved ${moved} commands from stream ${stream} to ${this.names.commandStream}`);
  }

  private async moveOne(connection: NatsConnection, message: JsMsg): Promise<void> {
    const command = decodeCommand(message);
    await this.streams.ensurePartition(connection, command.partition);
    const subject = this.names.command(command.partition, command.machine);
    await connection.jetstream().publish(subject, message.data, { msgID: commandKey(command) });
    await message.ackAck();
  }
}
