/** What travels inside a message: JSON, nothing else. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** An order to the agent of a partition. */
export interface CommandMessage {
  /** The journal entry that it belongs to. */
  readonly id: string;
  /** How often the journal has sent this entry, from 1. Together with the id it suppresses duplicates. */
  readonly attempt: number;
  readonly partition: string;
  readonly machine: string;
  /** Whose journal it is of, by the identity of the database; absent in messages of earlier releases. */
  readonly installation?: string;
  /** As in reference/40 §3.3. Carries BMC credentials: never log it. */
  readonly payload: JsonObject;
  /** ISO time after which an agent must not begin with it any more. */
  readonly expiresAt?: string;
}

/** What an agent says about a command: that it begins, or how it ended. */
export interface CommandResult {
  readonly id: string;
  readonly attempt: number;
  readonly partition: string;
  readonly machine: string;
  /** As in the command. */
  readonly installation?: string;
  readonly state: 'delivered' | 'done' | 'failed' | 'expired';
  /** Why it failed; without secrets. */
  readonly message: string;
  /** ISO time at the agent. */
  readonly at: string;
}

/** One delivery of a message; the same one comes again until a handler is done with it. */
export interface Delivery<T> {
  readonly message: T;
  /** From 1. */
  readonly deliveries: number;
}

/** What becomes of a delivered message: acknowledged, or delivered again after so many milliseconds. */
export type Outcome = 'done' | { readonly retryAfter: number };

/** Handles one delivery. Throwing puts the message back, as `retryAfter` does. Must be idempotent (at least once). */
export type Handler<T> = (delivery: Delivery<T>) => Promise<Outcome>;

export interface Subscription {
  /** Takes nothing new, gives back what was not begun, and waits for the handlers that run. */
  stop(): Promise<void>;
}

export interface ConsumeOptions {
  /** Handlers that run side by side; 64 unless given. */
  readonly concurrency?: number;
}

/** How the bus fares, for /v1/health. */
export interface BusState {
  readonly connected: boolean;
  /** What is wrong; empty when connected. */
  readonly message: string;
}

/** What waits at the broker. */
export interface BusFigures {
  /** Messages that were not delivered yet. */
  readonly pending: { readonly commands: number; readonly results: number };
  /** Messages that are delivered and not acknowledged. */
  readonly unacknowledged: { readonly commands: number; readonly results: number };
  /** Messages that are delivered again, because their consumer kept silent or put them back. */
  readonly redelivered: { readonly commands: number; readonly results: number };
}

/** Milliseconds before a message comes again whose handler threw. */
export const DEFAULT_RETRY_MS = 1000;

/** Handlers that run side by side unless told otherwise. */
export const DEFAULT_CONCURRENCY = 64;

/**
 * Messages between the API's replicas and the agents in the partitions (design §9). Commands and results are delivered
 * at least once and survive absent consumers; notices are delivered at most once to whoever listens.
 *
 * Order: handlers of one machine run one at a time, in the order of publishing, as long as no message is put back and no
 * consumer dies. Whoever needs more publishes the next command when the previous one is finished; the journal does.
 *
 * Consumers may be started while the broker is away: they begin when it comes, and again after each interruption.
 */
export abstract class Bus {
  /** `in-process` or `nats`. */
  abstract readonly kind: string;
  /** True when published commands survive the end of this process. */
  abstract readonly durable: boolean;

  abstract state(): BusState;

  /** What waits at the broker, as it was within the last seconds; undefined while that is not known. */
  abstract figures(): BusFigures | undefined;

  /** Resolves when the broker has it for good; the same id and attempt again is no second message. Throws `unavailable`. */
  abstract publishCommand(message: CommandMessage): Promise<void>;

  /** Works off a partition's commands. Several consumers of one partition share them. */
  abstract consumeCommands(partition: string, handler: Handler<CommandMessage>, options?: ConsumeOptions): Subscription;

  /** Resolves when the broker has it for good. Throws `unavailable`. */
  abstract publishResult(result: CommandResult): Promise<void>;

  /** Works off the results of every partition; several replicas share them. */
  abstract consumeResults(handler: Handler<CommandResult>, options?: ConsumeOptions): Subscription;

  /** Tells every replica that this machine was allocated. A hint: it may get lost, and never throws. */
  abstract notifyAllocation(machine: string): void;

  /** Calls back with the machine's id for each notice from now on, this process's own included. */
  abstract onAllocation(listener: (machine: string) => void): () => void;

  /** Drops everything without waiting for handlers; what they did not finish comes again, here or elsewhere. */
  abstract close(): Promise<void>;
}
