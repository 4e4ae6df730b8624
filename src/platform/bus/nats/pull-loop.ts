import { millis, nanos } from 'nats';
import type { ConsumerMessages, JsMsg } from 'nats';
import { backoff, KeyedQueue, sleep } from '../../../shared/async.js';
import type { Log } from '../../../shared/log.js';
import { DEFAULT_CONCURRENCY, DEFAULT_RETRY_MS } from '../bus.js';
import type { ConsumeOptions, Handler, Outcome, Subscription } from '../bus.js';
import type { NatsLink } from './link.js';
import { ForeignMessage } from './ownership.js';

/** How long one request for messages stays open at the broker. */
const FETCH_MS = 5000;

/** How much later than asked for a request may end, in milliseconds; the library is not relied on to notice its end. */
const GRACE_MS = 3000;

/** When a message of another installation is looked at again, in milliseconds. */
const FOREIGN_RETRY_MS = 15 * 60_000;

/** The broker's, for consumers that do not say how long a message may stay silent. */
const DEFAULT_ACK_WAIT_MS = 30_000;

export interface PullSource<T> {
  readonly stream: string;
  readonly durable: string;
  /**
   * Throws when the message is not what it should be; it is then dropped, with a line in the log. Throws ForeignMessage
   * for one that is left alone.
   */
  decode(message: JsMsg): T;
  /** Handlers of one key run one at a time, in order. */
  key(message: T): string;
  /** How long one request for messages stays open at the broker, in milliseconds; 5 s unless given. */
  readonly fetchMs?: number;
}

/** Pulls from a durable consumer for as long as it is wanted, through every interruption. */
export class PullLoop<T> implements Subscription {
  private readonly running = new Set<Promise<void>>();
  private readonly queue = new KeyedQueue();
  private readonly concurrency: number;
  private wanted = true;
  private batch: ConsumerMessages | undefined;
  private wake: () => void = () => undefined;
  private readonly ended: Promise<void>;

  constructor(
    private readonly link: NatsLink,
    private readonly source: PullSource<T>,
    private readonly handler: Handler<T>,
    private readonly log: Log,
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
    for (let failures = 0; this.active;) {
      try {
        await Promise.race([this.link.whenUp(), this.woken()]);
        if (!this.active) return;
        await this.pull();
        failures = 0;
      } catch (error) {
        if (failures === 3) this.log.warn(`bus: consumer ${this.source.durable} cannot read`, error);
        await Promise.race([sleep(200 + backoff(failures++, 100, 3000)), this.woken()]);
      }
    }
  }

  /** One request: as many messages as there is room for. */
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
    const overdue = setTimeout(() => void batch.close(), fetchMs + GRACE_MS);
    try {
      for await (const message of batch) this.accept(message, heartbeatMs);
    } finally {
      clearTimeout(overdue);
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
      this.log.warn(`bus: dropped a message on ${message.subject} that nobody can read`, error);
      return message.term();
    }
    // Also while it waits for its turn: otherwise the broker would deliver it a second time.
    const heartbeat = setInterval(() => this.quietly(() => message.working()), heartbeatMs);
    try {
      const outcome = await this.queue.run(this.source.key(decoded), () => this.handle(decoded, message));
      if (outcome === 'done') await this.acknowledge(message);
      else this.quietly(() => message.nak(outcome.retryAfter));
    } finally {
      clearInterval(heartbeat);
    }
  }

  /** Not acknowledged: whose it is may still come for it, until the stream forgets it. */
  private leave(message: JsMsg, error: ForeignMessage): void {
    this.log.warn(`bus: leaves a message on ${message.subject} alone: ${error.message}`);
    this.quietly(() => message.nak(FOREIGN_RETRY_MS));
  }

  private async handle(decoded: T, message: JsMsg): Promise<Outcome> {
    if (!this.active) return { retryAfter: 0 };
    try {
      return await this.handler({ message: decoded, deliveries: message.info.deliveryCount });
    } catch (error) {
      this.log.warn(`bus: a message on ${message.subject} will be delivered again`, error);
      return { retryAfter: DEFAULT_RETRY_MS };
    }
  }

  /** Waits for the broker's word, once; when it does not come the message is delivered again. */
  private async acknowledge(message: JsMsg): Promise<void> {
    try {
      await message.ackAck();
    } catch {
      this.quietly(() => message.ack());
    }
  }

  /** The connection may be gone; then the broker delivers the message again by itself. */
  private quietly(action: () => void): void {
    try {
      action();
    } catch {
      // Nothing to do: at least once.
    }
  }

  private woken(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      if (!this.wanted) resolve();
    });
  }
}
