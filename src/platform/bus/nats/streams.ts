import { AckPolicy, DiscardPolicy, nanos, NatsError, RetentionPolicy, StorageType } from 'nats';
import type { ConsumerConfig, JetStreamManager, NatsConnection, StreamConfig } from 'nats';
import {
  agentName,
  ALL_COMMANDS,
  ALL_RESULTS,
  COMMAND_STREAM,
  partitionCommands,
  RESULT_CONSUMER,
  RESULT_STREAM,
} from './subjects.js';

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;

/** Streams and consumers as the server wants them. What exists stays as it is: operators may have raised replicas. */
export class Streams {
  private readonly consumers = new Set<string>();

  constructor(private readonly ackWaitMs: number) {}

  /** After each connection: a broker that lost its disk gets everything anew. */
  async ensure(connection: NatsConnection): Promise<void> {
    this.consumers.clear();
    const manager = await connection.jetstreamManager();
    await ensureStream(manager, COMMAND_STREAM, ALL_COMMANDS);
    await ensureStream(manager, RESULT_STREAM, ALL_RESULTS);
    await this.ensureConsumer(manager, RESULT_STREAM, RESULT_CONSUMER, ALL_RESULTS);
  }

  /** The consumer of a partition's agents; they have no right to create it. */
  async ensurePartition(connection: NatsConnection, partition: string): Promise<void> {
    const name = agentName(partition);
    if (this.consumers.has(name)) return;
    const manager = await connection.jetstreamManager({ checkAPI: false });
    await this.ensureConsumer(manager, COMMAND_STREAM, name, partitionCommands(partition));
  }

  private async ensureConsumer(manager: JetStreamManager, stream: string, name: string, filter: string): Promise<void> {
    const exists = await found(manager.consumers.info(stream, name));
    if (!exists) await tolerateExisting(manager.consumers.add(stream, consumerConfig(name, filter, this.ackWaitMs)));
    this.consumers.add(name);
  }
}

/** A message leaves the stream when it is acknowledged; no message is read by two consumers. */
async function ensureStream(manager: JetStreamManager, name: string, subject: string): Promise<void> {
  if (await found(manager.streams.info(name))) return;
  const config: Partial<StreamConfig> = {
    name,
    subjects: [subject],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    // The journal sends again what it still wants after minutes; a day-old message is never the one it waits for.
    max_age: nanos(DAY),
    duplicate_window: nanos(120 * SECOND),
  };
  await tolerateExisting(manager.streams.add(config));
}

const consumerConfig = (name: string, filter: string, ackWaitMs: number): Partial<ConsumerConfig> => ({
  durable_name: name,
  filter_subject: filter,
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(ackWaitMs),
  // A backstop against messages that kill their consumer; agents give up, and say so, long before.
  max_deliver: 100,
  max_ack_pending: 10_000,
});

async function found(lookup: Promise<unknown>): Promise<boolean> {
  try {
    await lookup;
    return true;
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.code === 404) return false;
    throw error;
  }
}

/** Two replicas may start at the same time; the second one finds the work done. */
async function tolerateExisting(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if (!(error instanceof NatsError && /already (in use|exists)/.test(error.message))) throw error;
  }
}
