import { ErrorCode, NatsError } from 'nats';
import type { NatsConnection } from 'nats';
import { DomainError, isDomainError } from '../../../shared/errors/domain-error.js';
import { Bus } from '../bus.js';
import type { BusState, CommandMessage, CommandResult, ConsumeOptions, Handler, Subscription } from '../bus.js';
import { commandKey, resultKey } from '../message-keys.js';
import { decode, decodeCommand, decodeResult, encode, encodeCommand, encodeResult } from './codec.js';
import { NatsLink } from './link.js';
import type { NatsOptions } from './link.js';
import { PullLoop } from './pull-loop.js';
import { Streams } from './streams.js';
import {
  agentName,
  ALLOCATION_NOTICE,
  COMMAND_STREAM,
  commandSubject,
  RESULT_CONSUMER,
  RESULT_STREAM,
  resultSubject,
} from './subjects.js';

/** How long the broker may take to confirm a message, in milliseconds. */
const PUBLISH_TIMEOUT_MS = 5000;
const ACK_WAIT_MS = 30_000;

/** The bus over NATS JetStream (design §9). */
export class NatsBus extends Bus {
  readonly kind = 'nats';
  readonly durable = true;
  private readonly link: NatsLink;
  private readonly streams: Streams;
  private readonly listeners = new Set<(machine: string) => void>();
  private listening: NatsConnection | undefined;

  constructor(private readonly options: NatsOptions) {
    super();
    this.streams = new Streams(options.ackWaitMs ?? ACK_WAIT_MS);
    this.link = new NatsLink(options, (connection) => this.prepare(connection));
  }

  state(): BusState {
    return this.link.state();
  }

  async publishCommand(message: CommandMessage): Promise<void> {
    await this.publish(async (connection) => {
      if (this.options.role === 'server') await this.streams.ensurePartition(connection, message.partition);
      const subject = commandSubject(message.partition, message.machine);
      await send(connection, subject, encodeCommand(message), commandKey(message));
    });
  }

  consumeCommands(partition: string, handler: Handler<CommandMessage>, options?: ConsumeOptions): Subscription {
    const source = {
      stream: COMMAND_STREAM,
      durable: agentName(partition),
      decode: decodeCommand,
      key: ({ machine }: CommandMessage) => machine,
    };
    if (this.options.role === 'server') void this.ensureSoon(partition);
    return new PullLoop(this.link, source, handler, this.options.log, options);
  }

  async publishResult(result: CommandResult): Promise<void> {
    const subject = resultSubject(result.partition, result.machine);
    await this.publish((connection) => send(connection, subject, encodeResult(result), resultKey(result)));
  }

  consumeResults(handler: Handler<CommandResult>, options?: ConsumeOptions): Subscription {
    const source = {
      stream: RESULT_STREAM,
      durable: RESULT_CONSUMER,
      decode: decodeResult,
      key: ({ id }: CommandResult) => id,
    };
    return new PullLoop(this.link, source, handler, this.options.log, options);
  }

  notifyAllocation(machine: string): void {
    try {
      // The member's name is the one that consumers of reference/40 §3.4 know.
      this.link.connection().publish(ALLOCATION_NOTICE, encode({ old: machine }));
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
    await this.link.close();
  }

  private async prepare(connection: NatsConnection): Promise<void> {
    if (this.options.role !== 'server') return;
    await this.streams.ensure(connection);
    if (this.listening === connection) return; // the client renews subscriptions by itself
    this.listening = connection;
    connection.subscribe(ALLOCATION_NOTICE, { callback: (_, message) => this.spread(message.data) });
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
