import { Bus } from '../../../platform/bus/bus.js';
import type {
  BrokerStats,
  BusState,
  CommandMessage,
  CommandResult,
  ConsumeOptions,
  DeliveryHandler,
  Subscription,
} from '../../../platform/bus/bus.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { RestClient } from '../../rest-client.js';
import type { RestClientOptions } from '../../rest-client.js';
import { CutOffError } from './conditions.js';
import type { Conditions } from './conditions.js';

/** A client of the REST API that reaches it unless the partition is cut off. */
export class SeverableRestClient extends RestClient {
  constructor(
    options: RestClientOptions,
    private readonly conditions: Conditions,
  ) {
    super(options);
  }

  override async get<T>(path: string): Promise<T> {
    this.refuseWhenCutOff();
    return super.get(path);
  }

  override async put<T>(path: string, body: unknown): Promise<T> {
    this.refuseWhenCutOff();
    return super.put(path, body);
  }

  override async post<T>(path: string, body?: unknown): Promise<T> {
    this.refuseWhenCutOff();
    return super.post(path, body);
  }

  override async delete<T>(path: string): Promise<T> {
    this.refuseWhenCutOff();
    return super.delete(path);
  }

  private refuseWhenCutOff(): void {
    if (this.conditions.isCutOff) throw new CutOffError();
  }
}

/** The bus as the agent of a partition sees it, which can be cut off from it and connected again. */
export class SeverableBus extends Bus {
  readonly kind: string;
  readonly durable: boolean;
  private readonly consumers = new Set<Consumer>();
  private connected = true;

  constructor(private readonly bus: Bus) {
    super();
    this.kind = bus.kind;
    this.durable = bus.durable;
  }

  /** Delivers nothing and accepts no results until `connect`. */
  sever(): void {
    this.connected = false;
    for (const consumer of this.consumers) consumer.pause();
  }

  connect(): void {
    this.connected = true;
    for (const consumer of this.consumers) consumer.resume();
  }

  state(): BusState {
    return this.connected ? this.bus.state() : { connected: false, message: 'the partition is cut off' };
  }

  brokerStats(): BrokerStats | undefined {
    return this.bus.brokerStats();
  }

  async publishCommand(message: CommandMessage): Promise<void> {
    this.refuseWhenSevered();
    await this.bus.publishCommand(message);
  }

  consumeCommands(partition: string, handler: DeliveryHandler<CommandMessage>, options?: ConsumeOptions): Subscription {
    return this.consumer(() => this.bus.consumeCommands(partition, handler, options));
  }

  async publishResult(result: CommandResult): Promise<void> {
    this.refuseWhenSevered();
    await this.bus.publishResult(result);
  }

  consumeResults(handler: DeliveryHandler<CommandResult>, options?: ConsumeOptions): Subscription {
    return this.consumer(() => this.bus.consumeResults(handler, options));
  }

  close(): Promise<void> {
    return this.bus.close();
  }

  private consumer(consume: () => Subscription): Subscription {
    const consumer = new Consumer(consume);
    this.consumers.add(consumer);
    if (this.connected) consumer.resume();
    return {
      stop: async () => {
        this.consumers.delete(consumer);
        await consumer.stop();
      },
    };
  }

  private refuseWhenSevered(): void {
    if (!this.connected) throw new DomainError('unavailable', 'the partition is cut off');
  }
}

class Consumer {
  private subscription: Subscription | undefined;
  private paused: Promise<void> = Promise.resolve();

  constructor(private readonly consume: () => Subscription) {}

  resume(): void {
    this.subscription ??= this.consume();
  }

  pause(): void {
    const { subscription, paused } = this;
    this.subscription = undefined;
    if (subscription) this.paused = Promise.all([paused, subscription.stop()]).then(() => undefined);
  }

  async stop(): Promise<void> {
    this.pause();
    await this.paused;
  }
}
