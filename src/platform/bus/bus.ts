/** The content of a message: JSON only. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A command for the agent of a partition. */
export interface CommandMessage {
  /** The journal entry of the command. */
  readonly id: string;
  /** How often the journal has sent this entry, starting at 1. Together with the ID, it suppresses duplicates. */
  readonly attempt: number;
  readonly partition: string;
  readonly machine: string;
  /** The installation whose journal has the entry (UUID of its database); absent in messages of earlier releases. */
  readonly installation?: string | undefined;
  /** See docs/reference/message-bus.md#command-payload. Contains BMC credentials: never log it. */
  readonly payload: JsonObject;
  /** ISO 8601 time after which an agent must not begin to execute the command. */
  readonly expiresAt?: string;
  /** `traceparent` of the sender's span, if it traces; travels in a header of the message. */
  readonly trace?: string;
}

/** Report of an agent on a command: that execution begins, or how it ended. */
export interface CommandResult {
  readonly id: string;
  readonly attempt: number;
  readonly partition: string;
  readonly machine: string;
  /** Same as in the command. */
  readonly installation?: string | undefined;
  readonly state: 'delivered' | 'done' | 'failed' | 'expired';
  /** Reason of a failure, or the progress of a command that takes long; without secrets. */
  readonly message: string;
  /** ISO 8601 time on the agent's clock. */
  readonly at: string;
  /** Same as in a command. */
  readonly trace?: string;
}

/** One delivery of a message. A message is redelivered until a handler is done with it. */
export interface Delivery<T> {
  readonly message: T;
  /** Delivery count, starting at 1. */
  readonly deliveries: number;
}

/** Result of a handler: acknowledge the message, or redeliver it after `retryAfter` milliseconds. */
export type HandlerOutcome = 'done' | { readonly retryAfter: number };

/**
 * Handles one delivery; must be idempotent (at-least-once delivery). If it throws, the message is redelivered, like
 * with `retryAfter`.
 */
export type DeliveryHandler<T> = (delivery: Delivery<T>) => Promise<HandlerOutcome>;

export interface Subscription {
  /** Accepts no further messages, returns those not started to the queue, and waits for running handlers. */
  stop(): Promise<void>;
}

export interface ConsumeOptions {
  /** Maximum number of concurrent handlers; default 64. */
  readonly concurrency?: number;
}

/** State of the bus for /v1/health. */
export interface BusState {
  readonly connected: boolean;
  /** The problem; empty if connected. */
  readonly message: string;
}

/** Messages waiting at the broker. */
export interface BrokerStats {
  /** Messages not delivered yet. */
  readonly pending: { readonly commands: number; readonly results: number };
  /** Messages delivered but not acknowledged. */
  readonly unacknowledged: { readonly commands: number; readonly results: number };
  /** Messages delivered more than once, because their consumer did not respond or returned them. */
  readonly redelivered: { readonly commands: number; readonly results: number };
}

/** Delay before redelivery if a handler throws, in milliseconds. */
export const DEFAULT_RETRY_MS = 1000;

/** Default number of concurrent handlers. */
export const DEFAULT_CONCURRENCY = 64;

/**
 * Messages between the replicas of the API and the agents in the partitions (docs/concepts/design.md#bus). Commands and
 * results are delivered at least once and survive the absence of consumers.
 *
 * Order: handlers for one machine run one at a time, in publishing order, as long as no message is returned and no
 * consumer fails. Stricter ordering requires publishing the next command only after the previous one has finished, as
 * the journal does.
 *
 * Consumers may be started while the broker is not available: they begin when it becomes available, and resume after
 * each interruption.
 */
export abstract class Bus {
  /** `in-process` or `nats`. */
  abstract readonly kind: string;
  /** True if published commands survive the end of this process. */
  abstract readonly durable: boolean;

  abstract state(): BusState;

  /** Messages waiting at the broker, as of the last few seconds; undefined while unknown. */
  abstract brokerStats(): BrokerStats | undefined;

  /**
   * Resolves once the broker has stored the command. Repeating the same ID and attempt is deduplicated. Throws
   * `unavailable`.
   */
  abstract publishCommand(message: CommandMessage): Promise<void>;

  /** Processes the commands of a partition. Several consumers of one partition share the load. */
  abstract consumeCommands(
    partition: string,
    handler: DeliveryHandler<CommandMessage>,
    options?: ConsumeOptions,
  ): Subscription;

  /** Resolves once the broker has stored the result. Throws `unavailable`. */
  abstract publishResult(result: CommandResult): Promise<void>;

  /** Processes the results of all partitions; several replicas share the load. */
  abstract consumeResults(handler: DeliveryHandler<CommandResult>, options?: ConsumeOptions): Subscription;

  /** Stops immediately without waiting for handlers; unfinished messages are redelivered, here or elsewhere. */
  abstract close(): Promise<void>;
}
