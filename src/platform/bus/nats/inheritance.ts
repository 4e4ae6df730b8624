import type { JsMsg, NatsConnection } from 'nats';
import type { Log } from '../../../shared/log.js';
import type { Subscription } from '../bus.js';
import { commandKey } from '../message-keys.js';
import { decodeCommand } from './codec.js';
import { ownerOf } from './ownership.js';
import type { Streams } from './streams.js';
import { COMMANDS, RESULTS } from './subjects.js';
import type { Names } from './subjects.js';

const BATCH = 100;
const FETCH_MS = 1000;

/**
 * What this installation has on the broker under a name that it had before: commands that wait there are moved to where
 * its agents look now, and agents that still report there are heard.
 */
export class Inheritance {
  private readonly resultStreams = new Map<string, Subscription[]>();
  private readonly consumers = new Set<(stream: string) => Subscription>();

  constructor(
    private readonly names: Names,
    private readonly owner: () => string,
    private readonly streams: Streams,
    private readonly log: Log,
  ) {}

  /** Consumes from all former streams of results, those that are found later included. */
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

  /** Safe to repeat: a command that was moved and not acknowledged is a duplicate the next time. */
  async claim(connection: NatsConnection): Promise<void> {
    const manager = await connection.jetstreamManager({ checkAPI: false });
    const { commandStream, resultStream } = this.names;
    for await (const { config } of manager.streams.list()) {
      const { name } = config;
      if (ownerOf(config) !== this.owner() || name === commandStream || name === resultStream) continue;
      if (name.endsWith(RESULTS)) this.hear(name);
      if (name.endsWith(COMMANDS)) await this.move(connection, name);
    }
  }

  private hear(stream: string): void {
    if (this.resultStreams.has(stream)) return;
    this.log.info(`bus: hears agents that still report on stream ${stream}`);
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
    if (moved > 0) this.log.info(`bus: moved ${moved} commands of stream ${stream} to ${this.names.commandStream}`);
  }

  private async moveOne(connection: NatsConnection, message: JsMsg): Promise<void> {
    const command = decodeCommand(message);
    await this.streams.ensurePartition(connection, command.partition);
    const subject = this.names.command(command.partition, command.machine);
    await connection.jetstream().publish(subject, message.data, { msgID: commandKey(command) });
    await message.ackAck();
  }
}
