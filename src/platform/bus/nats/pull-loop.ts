import { millis, nanos } from 'nats';
import type { ConsumerMessages, JsMsg } from 'nats';
import { Backoff } from '../../../shared/concurrency/backoff.js';
import { KeyedQueue } from '../../../shared/concurrency/keyed-queue.js';
import { Scheduler } from '../../../shared/concurrency/scheduler.js';
import { after } from '../../../shared/concurrency/timers.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import { DEFAULT_CONCURRENCY, DEFAULT_RETRY_MS } from '../bus.js';
import type { ConsumeOptions, DeliveryHandler, HandlerOutcome, Subscription } from '../bus.js';
import type { NatsLink } from './link.js';
import { ForeignMessage } from './ownership.js';

/** How long one request for messages stays open at the broker, in milliseconds. */
const FETCH_MS = 5000;

/** How much later a request may end than requested, in milliseconds; the library may fail to notice its end. */
const GRACE_MS = 3000;

/** JSConsumerNotFoundErr of the broker. */
const CONSUMER_NOT_FOUND = 10014;

/** Redelivery interval for messages of another installation, in milliseconds. */
const FOREIGN_RETRY_MS = 15 * 60_000;

/**
 * The broker's default, for consumers that do not define how long a message may stay unacknowledged, in milliseconds.
 */
const DEFAULT_ACK_WAIT_MS = 30_000;

export interface PullSource<T> {
  readonly stream: string;
  readonly durable: string;
  /**
   * Throws if the message is invalid; it is then logged and dropped. Throws ForeignMessage if the message must be left
   * to another installation.
   */
  decode(message: JsMsg): T;
  /** Handlers for the same key run one at a time, in order. */
  key(message: T): string;
  /** How long one request for messages stays open at the broker, in milliseconds; default 5 s. */
  readonly fetchMs?: number;
}

/** Pulls from a durable consumer until it is stopped, and resumes after interruptions. */
export class PullLoop<T> implements Subscription {
  private readonly running = new Set<Promise<void>>();
  private readonly queue = new KeyedQueue();
  /** The connection may be gone; then the broker redelivers the message anyway. */
  private readonly heartbeats = new Scheduler(() => undefined);
  private readonly concurrency: number;
  private wanted = true;
  private batch: ConsumerMessages | undefined;
  private wake: () => void = () => undefined;
  private readonly ended: Promise<void>;

  constructor(
    private readonly link: NatsLink,
    private readonly source: PullSource<T>,
    private readonly handler: DeliveryHandler<T>,
    private readonly log: AppLogger,
    options: ConsumeOptions = {},
  ) {
    this.concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    this.ended = this.loop();
  }

  async stop(): Promise<void> {
    this.wanted = false;
    this.wake();
    await this.batch?.close();
    await this.ended;
    await Promise.all(this.running);
  }

  private get active(): boolean {
    return this.wanted && !this.link.isClosed;
  }

  private async loop(): Promise<void> {
    const backoff = new Backoff({ base: 100, cap: 3000, least: 200 });
    while (this.active) {
      try {
        await Promise.race([this.link.whenConnected(), this.woken()]);
        if (!this.active) return;
        await this.pull();
        backoff.reset();
      } catch (error) {
        if (backoff.attempts === 3) this.logFailure(error);
        await Promise.race([backoff.wait(), this.woken()]);
      }
    }
  }

  private logFailure(error: unknown): void {
    const { durable } = this.source;
    const isMissing = (error as { api_error?: { err_code?: number } }).api_error?.err_code === CONSUMER_NOT_FOUND;
    if (isMissing)
      this.log.info(`bus: consumer ${durable} does not exist yet; the API creates it with the first command`);
    else this.log.warn(`bus: consumer ${durable} cannot read`, error);
  }

  /** One request for as many messages as there is capacity for. */
  private async pull(): Promise<void> {
    const room = this.concurrency - this.running.size;
    if (room <= 0) {
      await Promise.race([...this.running]);
      return;
    }
    const { stream, durable, fetchMs = FETCH_MS } = this.source;
    const consumer = await this.link.connection().jetstream().consumers.get(stream, durable);
    const { config } = await consumer.info(true);
    const batch = (this.batch = await consumer.fetch({ max_messages: room, expires: fetchMs }));
    if (!this.wanted) await batch.close();
    const heartbeatMs = millis(config.ack_wait ?? nanos(DEFAULT_ACK_WAIT_MS)) / 3;
    const cancel = after(fetchMs + GRACE_MS, () => void batch.close(), { keepsAlive: true });
    try {
      for await (const message of batch) this.accept(message, heartbeatMs);
    } finally {
      cancel();
    }
  }

  private accept(message: JsMsg, heartbeatMs: number): void {
    const task = this.work(message, heartbeatMs).finally(() => this.running.delete(task));
    this.running.add(task);
  }

  private async work(message: JsMsg, heartbeatMs: number): Promise<void> {
    let decoded: T;
    try {
      decoded = this.source.decode(message);
    } catch (error) {
      if (error instanceof ForeignMessage) return this.leave(message, error);
      this.log.warn(`bus: dropped an unreadable message on ${message.subject}`, error);
      return message.term();
    }
    // Also while the message is queued: otherwise the broker would redeliver it.
    const heartbeat = this.heartbeats.every(heartbeatMs, 'heartbeat of a message', () => message.working());
    try {
      const outcome = await this.queue.run(this.source.key(decoded), () => this.handle(decoded, message));
      if (outcome === 'done') await this.acknowledge(message);
      else this.quietly(() => message.nak(outcome.retryAfter));
    } finally {
      void heartbeat.cancel();
    }
  }

  /** Leaves the message unacknowledged: its owner may still consume it, until the stream drops it. */
  private leave(message: JsMsg, error: ForeignMessage): void {
    this.log.warn(`bus: leaving a message on ${message.subject} to its owner: ${error.message}`);
    this.quietly(() => message.nak(FOREIGN_RETRY_MS));
  }

  private async handle(decoded: T, message: JsMsg): Promise<HandlerOutcome> {
    if (!this.active) return { retryAfter: 0 };
    try {
      return await this.handler({ message: decoded, deliveries: message.info.deliveryCount });
    } catch (error) {
      this.log.warn(`bus: a message on ${message.subject} will be redelivered`, error);
      return { retryAfter: DEFAULT_RETRY_MS };
    }
  }

  /** Waits for the broker's confirmation, once. Never rejects: without it, the message is redelivered. */
  private async acknowledge(message: JsMsg): Promise<void> {
    await message.ackAck().catch(() => undefined);
  }

  /** The connection may be gone; then the broker redelivers the message anyway. */
  private quietly(action: () => void): void {
    try {
      action();
    } catch {
      // Ignored: the message is redelivered.
    }
  }

  private woken(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      if (!this.wanted) resolve();
    });
  }
}
