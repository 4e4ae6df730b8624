import { AckPolicy, DiscardPolicy, nanos, NatsError, RetentionPolicy, StorageType } from 'nats';
import type { ConsumerConfig, JetStreamManager, NatsConnection, StreamConfig } from 'nats';
import type { AppLogger } from '../../../shared/app-logger.js';
import { describeOwner, ForeignStreams, isVolatile, streamOwner } from './ownership.js';
import { agentName, RESULT_CONSUMER } from './subjects.js';
import type { BrokerNames } from './subjects.js';

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;

/**
 * Limits of a stream, so that agents cannot fill the broker's disk. Messages beyond are refused, never dropped: the
 * journal and the agents retry. Each machine has at most one command in flight.
 */
const LIMITS = {
  max_msgs: 100_000,
  max_bytes: 64 * 1024 ** 2,
  max_msgs_per_subject: 64,
  discard: DiscardPolicy.New,
  discard_new_per_subject: true,
} satisfies Partial<StreamConfig>;

/**
 * Maximum size of a message in bytes: a command has the BMC's data and maybe a firmware URL, a result a line of text.
 */
const MAX_COMMAND_BYTES = 64 * 1024;
const MAX_RESULT_BYTES = 16 * 1024;

/**
 * How long an answer of the brokers is awaited, in milliseconds, before the question is repeated. They do not answer while they
 * elect a leader, and drop what they were asked meanwhile: the library's five seconds would outlast the election.
 */
const ANSWER_MS = 2000;

/** Error codes of the broker for limits that exceed its own storage. */
const INSUFFICIENT_RESOURCES = new Set([10023, 10047]);

export interface StreamOptions {
  readonly names: BrokerNames;
  /** The installation that owns the streams (UUID of its database); undefined: not checked. */
  readonly owner: (() => string) | undefined;
  /** Whether the streams of another installation may be taken over. */
  readonly takeOver: boolean;
  /** How long commands and results may stay unacknowledged before they are redelivered, in milliseconds. */
  readonly commandAckWait: number;
  readonly resultAckWait: number;
  readonly log: AppLogger;
}

/**
 * Creates streams and consumers as the server requires. Keeps settings of operators on existing ones, such as replicas.
 */
export class StreamManager {
  private readonly consumers = new Set<string>();

  /** True until this process has owned the streams once: two processes that take over must not alternate. */
  private isFirst = true;

  constructor(private readonly options: StreamOptions) {}

  /** Called after each connection: re-creates everything on a broker that lost its disk. Throws ForeignStreams. */
  async ensure(connection: NatsConnection): Promise<void> {
    this.consumers.clear();
    const { names, resultAckWait } = this.options;
    const manager = await connection.jetstreamManager({ timeout: ANSWER_MS });
    await this.ensureStream(manager, names.commandStream, names.allCommands, MAX_COMMAND_BYTES);
    await this.ensureStream(manager, names.resultStream, names.allResults, MAX_RESULT_BYTES);
    await this.ensureConsumer(manager, names.resultStream, RESULT_CONSUMER, names.allResults, resultAckWait);
    this.isFirst = false;
  }

  /** Creates the consumer of a partition's agents, which are not permitted to create it. */
  async ensurePartition(connection: NatsConnection, partition: string): Promise<void> {
    const name = agentName(partition);
    if (this.consumers.has(name)) return;
    const { names, commandAckWait } = this.options;
    const manager = await connection.jetstreamManager({ checkAPI: false });
    await this.ensureConsumer(manager, names.commandStream, name, names.partitionCommands(partition), commandAckWait);
  }

  /** Throws ForeignStreams if another installation has taken the name in the meantime. */
  async checkOwner(manager: JetStreamManager): Promise<void> {
    for (const name of [this.options.names.commandStream, this.options.names.resultStream]) {
      const { config } = await manager.streams.info(name);
      this.refuseForeign(config, false);
    }
  }

  /** A message leaves the stream when it is acknowledged; no message is read by two consumers. */
  private async ensureStream(manager: JetStreamManager, name: string, subject: string, bytes: number): Promise<void> {
    const existing = await found(manager.streams.info(name));
    if (!existing) await this.create(manager, this.newStream(name, subject, bytes));
    const { config } = existing ?? (await manager.streams.info(name));
    this.refuseForeign(config, this.isFirst);
    const wanted = { ...config, ...bounded(config, bytes), ...this.description() };
    if (JSON.stringify(wanted) === JSON.stringify(config)) return;
    await this.update(manager, config, wanted);
    this.refuseForeign((await manager.streams.info(name)).config, false);
  }

  /** If account limits of the operator reject the size limit, creates the stream with all other limits. */
  private async create(manager: JetStreamManager, config: Partial<StreamConfig>): Promise<void> {
    try {
      await tolerateExisting(manager.streams.add(config));
    } catch (error) {
      if (!isInsufficient(error)) throw error;
      await tolerateExisting(manager.streams.add({ ...config, max_bytes: -1 }));
    }
  }

  private async update(manager: JetStreamManager, before: StreamConfig, wanted: StreamConfig): Promise<void> {
    try {
      await manager.streams.update(before.name, wanted);
    } catch (error) {
      if (!(error instanceof NatsError && error.api_error)) throw error;
      this.options.log.warn(`bus: the broker rejects the limits of stream ${before.name}`, error);
      await manager.streams.update(before.name, { ...before, ...this.description() });
    }
  }

  private newStream(name: string, subject: string, bytes: number): Partial<StreamConfig> {
    return {
      name,
      subjects: [subject],
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      // The journal resends unfinished commands after minutes; a day-old message is never the current one.
      max_age: nanos(DAY),
      duplicate_window: nanos(120 * SECOND),
      max_msg_size: bytes,
      ...LIMITS,
      ...this.description(),
    };
  }

  private description(): { readonly description?: string } {
    const owner = this.options.owner?.();
    return owner === undefined ? {} : { description: describeOwner(owner) };
  }

  /** Streams of a server with its data in memory are abandoned once it ends: the next such server takes them over. */
  private refuseForeign(config: StreamConfig, isFirst: boolean): void {
    const [own, other] = [this.options.owner?.(), streamOwner(config)];
    if (own === undefined || other === undefined || own === other) return;
    const isAbandoned = isVolatile(own) && isVolatile(other);
    if (!isFirst || !(this.options.takeOver || isAbandoned))
      throw new ForeignStreams(config.name, this.options.names.installation, other);
    this.options.log.warn(`bus: taking over stream ${config.name} from the installation with the database ${other}`);
  }

  private async ensureConsumer(
    manager: JetStreamManager,
    stream: string,
    name: string,
    filter: string,
    ackWait: number,
  ): Promise<void> {
    const existing = await found(manager.consumers.info(stream, name));
    if (!existing) await tolerateExisting(manager.consumers.add(stream, consumerConfig(name, filter, ackWait)));
    else if (existing.config.ack_wait !== nanos(ackWait)) {
      await manager.consumers.update(stream, name, { ...existing.config, ack_wait: nanos(ackWait) });
    }
    this.consumers.add(name);
  }
}

/** The limits that a stream of an earlier release lacks; limits set by operators are kept. */
function bounded(config: StreamConfig, bytes: number): Partial<StreamConfig> {
  const isUnbounded = config.max_msgs <= 0 && config.max_bytes <= 0 && config.max_msgs_per_subject <= 0;
  const size = config.max_msg_size === undefined || config.max_msg_size <= 0 ? { max_msg_size: bytes } : {};
  return { ...size, ...(isUnbounded && LIMITS) };
}

const consumerConfig = (name: string, filter: string, ackWaitMs: number): Partial<ConsumerConfig> => ({
  durable_name: name,
  filter_subject: filter,
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(ackWaitMs),
  // A safeguard against messages that crash their consumer; agents give up, and report it, much earlier.
  max_deliver: 100,
  max_ack_pending: 10_000,
});

const isInsufficient = (error: unknown): boolean =>
  error instanceof NatsError && INSUFFICIENT_RESOURCES.has(error.api_error?.err_code ?? 0);

async function found<T>(lookup: Promise<T>): Promise<T | undefined> {
  try {
    return await lookup;
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.code === 404) return undefined;
    throw error;
  }
}

/** Two replicas may start concurrently; the second one finds everything created. */
async function tolerateExisting(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if (!(error instanceof NatsError && /already (in use|exists)/.test(error.message))) throw error;
  }
}
