import { ErrorCode, NatsError } from 'nats';
import type { JsMsg, NatsConnection } from 'nats';
import { DomainError, isDomainError } from '../../../shared/errors/domain-error.js';
import { Bus } from '../bus.js';
import type {
  BrokerStats,
  BusState,
  CommandMessage,
  CommandResult,
  ConsumeOptions,
  DeliveryHandler,
  Subscription,
} from '../bus.js';
import { commandKey, resultKey } from '../message-keys.js';
import { decodeCommand, decodeResult, encodeCommand, encodeResult, traceHeaders } from './codec.js';
import { BrokerStatsPoller } from './broker-stats-poller.js';
import { FormerStreams } from './former-streams.js';
import { NatsLink } from './link.js';
import type { NatsOptions } from './link.js';
import { ForeignMessage } from './ownership.js';
import { PullLoop } from './pull-loop.js';
import { StreamManager } from './stream-manager.js';
import { agentName, BrokerNames, RESULT_CONSUMER } from './subjects.js';

/** How long the broker may take to confirm a message, in milliseconds. */
const PUBLISH_TIMEOUT_MS = 5000;

/** Executing a reset twice is harmful, so slow agents are given time to acknowledge, in milliseconds. */
const COMMAND_ACK_WAIT_MS = 30_000;

/**
 * Redelivering a result is harmless, and results held by a suspended replica must soon reach another one: together with
 * the duration of a request (`RESULT_FETCH_MS`), this is how long it holds them, in milliseconds.
 */
const RESULT_ACK_WAIT_MS = 4000;
const RESULT_FETCH_MS = 2000;

/** The bus over NATS JetStream (docs/concepts/design.md#bus). */
export class NatsBus extends Bus {
  readonly kind = 'nats';
  readonly durable = true;
  private readonly names: BrokerNames;
  private readonly link: NatsLink;
  private readonly streams: StreamManager;
  private readonly waiting: BrokerStatsPoller | undefined;
  private readonly formerStreams: FormerStreams | undefined;

  constructor(private readonly options: NatsOptions) {
    super();
    const { ackWaitMs, installation, takeOver = false, owner, log } = options;
    this.names = new BrokerNames(installation);
    this.streams = new StreamManager({
      names: this.names,
      owner,
      takeOver,
      commandAckWait: ackWaitMs ?? COMMAND_ACK_WAIT_MS,
      resultAckWait: ackWaitMs ?? RESULT_ACK_WAIT_MS,
      log,
    });
    this.link = new NatsLink(options, (connection) => this.prepare(connection));
    if (options.role !== 'server') return;
    this.waiting = new BrokerStatsPoller(this.link, this.names, this.streams, log);
    this.formerStreams = owner && new FormerStreams(this.names, owner, this.streams, log);
  }

  state(): BusState {
    return this.link.state();
  }

  brokerStats(): BrokerStats | undefined {
    return this.waiting?.latest;
  }

  async publishCommand(message: CommandMessage): Promise<void> {
    await this.publish(async (connection) => {
      if (this.options.role === 'server') await this.streams.ensurePartition(connection, message.partition);
      const subject = this.names.command(message.partition, message.machine);
      const installation = message.installation ?? this.options.owner?.();
      await send(connection, subject, encodeCommand({ ...message, installation }), commandKey(message), message.trace);
    });
  }

  consumeCommands(partition: string, handler: DeliveryHandler<CommandMessage>, options?: ConsumeOptions): Subscription {
    const source = {
      stream: this.names.commandStream,
      durable: agentName(partition),
      decode: decodeCommand,
      key: ({ machine }: CommandMessage) => machine,
    };
    if (this.options.role === 'server') void this.ensureSoon(partition);
    return new PullLoop(this.link, source, handler, this.options.log, options);
  }

  async publishResult(result: CommandResult): Promise<void> {
    const subject = this.names.result(result.partition, result.machine);
    await this.publish((connection) =>
      send(connection, subject, encodeResult(result), resultKey(result), result.trace),
    );
  }

  consumeResults(handler: DeliveryHandler<CommandResult>, options?: ConsumeOptions): Subscription {
    const consume = (stream: string): Subscription => {
      const source = {
        stream,
        durable: RESULT_CONSUMER,
        decode: (message: JsMsg) => this.ownResult(message),
        key: ({ id }: CommandResult) => id,
        fetchMs: RESULT_FETCH_MS,
      };
      return new PullLoop(this.link, source, handler, this.options.log, options);
    };
    const current = consume(this.names.resultStream);
    const inherited = this.formerStreams?.onResults(consume);
    return { stop: async () => void (await Promise.all([current.stop(), inherited?.stop()])) };
  }

  async close(): Promise<void> {
    this.waiting?.stop();
    await this.link.close();
  }

  private async prepare(connection: NatsConnection): Promise<void> {
    if (this.options.role !== 'server') return;
    await this.options.ready?.();
    await this.streams.ensure(connection);
    await this.formerStreams?.moveCommands(connection);
  }

  /** Results of earlier releases do not name their installation; the journal recognizes its own by their IDs. */
  private ownResult(message: JsMsg): CommandResult {
    const result = decodeResult(message);
    const owner = this.options.owner?.();
    if (result.installation !== undefined && owner !== undefined && result.installation !== owner) {
      throw new ForeignMessage(result.installation);
    }
    return result;
  }

  private async ensureSoon(partition: string): Promise<void> {
    await this.link.whenConnected();
    await this.publish((connection) => this.streams.ensurePartition(connection, partition)).catch(() => undefined);
  }

  /** Converts any error of the broker to `unavailable`. */
  private async publish(action: (connection: NatsConnection) => Promise<void>): Promise<void> {
    try {
      const connection = this.link.connection();
      try {
        await action(connection);
      } catch (error) {
        if (!isMissingStream(error) || this.options.role !== 'server') throw error;
        await this.streams.ensure(connection);
        await action(connection);
      }
    } catch (error) {
      if (isDomainError(error)) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new DomainError('unavailable', `the bus did not accept the message: ${why}`, undefined, { cause: error });
    }
  }
}

async function send(
  connection: NatsConnection,
  subject: string,
  data: Uint8Array,
  msgID: string,
  trace: string | undefined,
): Promise<void> {
  const traced = trace === undefined ? {} : { headers: traceHeaders(trace) };
  await connection.jetstream().publish(subject, data, { msgID, timeout: PUBLISH_TIMEOUT_MS, ...traced });
}

/** No stream stores this subject: the broker has lost its streams. */
const isMissingStream = (error: unknown): boolean =>
  error instanceof NatsError && (error.code === (ErrorCode.NoResponders as string) || error.code === '503');
