import { ErrorCode, NatsError } from 'nats';
import type { JsMsg, NatsConnection } from 'nats';
import { DomainError, isDomainError } from '../../../shared/errors/domain-error.js';
import { Bus } from '../bus.js';
import type {
  BusFigures,
  BusState,
  CommandMessage,
  CommandResult,
  ConsumeOptions,
  Handler,
  Subscription,
} from '../bus.js';
import { commandKey, resultKey } from '../message-keys.js';
import { decode, decodeCommand, decodeResult, encode, encodeCommand, encodeResult } from './codec.js';
import { Figures } from './figures.js';
import { Inheritance } from './inheritance.js';
import { NatsLink } from './link.js';
import type { NatsOptions } from './link.js';
import { ForeignMessage } from './ownership.js';
import { PullLoop } from './pull-loop.js';
import { Streams } from './streams.js';
import { agentName, Names, RESULT_CONSUMER } from './subjects.js';

/** How long the broker may take to confirm a message, in milliseconds. */
const PUBLISH_TIMEOUT_MS = 5000;

/** A second reset of a machine does harm, so an agent that is slow to answer is given time. */
const COMMAND_ACK_WAIT_MS = 30_000;

/**
 * A result that comes twice does none, and what a frozen replica has in hand must soon come to another one: it holds
 * results for the time of a request (`RESULT_FETCH_MS`) and this one, together.
 */
const RESULT_ACK_WAIT_MS = 4000;
const RESULT_FETCH_MS = 2000;

/** The bus over NATS JetStream (design §9). */
export class NatsBus extends Bus {
  readonly kind = 'nats';
  readonly durable = true;
  private readonly names: Names;
  private readonly link: NatsLink;
  private readonly streams: Streams;
  private readonly waiting: Figures | undefined;
  private readonly inheritance: Inheritance | undefined;
  private readonly listeners = new Set<(machine: string) => void>();
  private listening: NatsConnection | undefined;

  constructor(private readonly options: NatsOptions) {
    super();
    const { ackWaitMs, installation, takeOver = false, owner, log } = options;
    this.names = new Names(installation);
    this.streams = new Streams({
      names: this.names,
      owner,
      takeOver,
      commandAckWait: ackWaitMs ?? COMMAND_ACK_WAIT_MS,
      resultAckWait: ackWaitMs ?? RESULT_ACK_WAIT_MS,
      log,
    });
    this.link = new NatsLink(options, (connection) => this.prepare(connection));
    if (options.role !== 'server') return;
    this.waiting = new Figures(this.link, this.names, this.streams);
    this.inheritance = owner && new Inheritance(this.names, owner, this.streams, log);
  }

  state(): BusState {
    return this.link.state();
  }

  figures(): BusFigures | undefined {
    return this.waiting?.latest;
  }

  async publishCommand(message: CommandMessage): Promise<void> {
    await this.publish(async (connection) => {
      if (this.options.role === 'server') await this.streams.ensurePartition(connection, message.partition);
      const subject = this.names.command(message.partition, message.machine);
      const installation = message.installation ?? this.options.owner?.();
      await send(connection, subject, encodeCommand({ ...message, installation }), commandKey(message));
    });
  }

  consumeCommands(partition: string, handler: Handler<CommandMessage>, options?: ConsumeOptions): Subscription {
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
    await this.publish((connection) => send(connection, subject, encodeResult(result), resultKey(result)));
  }

  consumeResults(handler: Handler<CommandResult>, options?: ConsumeOptions): Subscription {
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
    const inherited = this.inheritance?.onResults(consume);
    return { stop: async () => void (await Promise.all([current.stop(), inherited?.stop()])) };
  }

  notifyAllocation(machine: string): void {
    try {
      // The member's name is the one that consumers of reference/40 §3.4 know.
      this.link.connection().publish(this.names.allocationNotice, encode({ old: machine }));
    } catch (error) {
      this.options.log.warn(`bus: nobody was told of the allocation of machine "${machine}"`, error);
    }
  }

  onAllocation(listener: (machine: string) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.listeners.clear();
    this.waiting?.stop();
    await this.link.close();
  }

  private async prepare(connection: NatsConnection): Promise<void> {
    if (this.options.role !== 'server') return;
    await this.streams.ensure(connection);
    await this.inheritance?.claim(connection);
    if (this.listening === connection) return; // the client renews subscriptions by itself
    this.listening = connection;
    connection.subscribe(this.names.allocationNotice, { callback: (_, message) => this.spread(message.data) });
  }

  /** Results of earlier releases do not say whose they are; the journal knows its own by their ids. */
  private ownResult(message: JsMsg): CommandResult {
    const result = decodeResult(message);
    const owner = this.options.owner?.();
    if (result.installation !== undefined && owner !== undefined && result.installation !== owner) {
      throw new ForeignMessage(result.installation);
    }
    return result;
  }

  private spread(data: Uint8Array): void {
    try {
      const { old } = decode(data);
      if (typeof old === 'string') for (const listener of this.listeners) listener(old);
    } catch (error) {
      this.options.log.warn(`bus: a notice that nobody can read`, error);
    }
  }

  private async ensureSoon(partition: string): Promise<void> {
    await this.link.whenUp();
    await this.publish((connection) => this.streams.ensurePartition(connection, partition)).catch(() => undefined);
  }

  /** Turns everything that the broker may answer into `unavailable`. */
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
      throw new DomainError('unavailable', `the bus did not take the message: ${why}`, undefined, { cause: error });
    }
  }
}

async function send(connection: NatsConnection, subject: string, data: Uint8Array, msgID: string): Promise<void> {
  await connection.jetstream().publish(subject, data, { msgID, timeout: PUBLISH_TIMEOUT_MS });
}

/** Nobody stores this subject: the broker has lost its streams. */
const isMissingStream = (error: unknown): boolean =>
  error instanceof NatsError && (error.code === (ErrorCode.NoResponders as string) || error.code === '503');
