import { Bus } from '../bus.js';
import type { BusState, CommandMessage, CommandResult, ConsumeOptions, DeliveryHandler, Subscription } from '../bus.js';
import { commandKey, resultKey } from '../message-keys.js';
import { WorkQueue } from './work-queue.js';

/**
 * Shared by the in-process buses of one process, like a broker by processes. Commands wait until there is a consumer.
 */
export class InProcessBroker {
  readonly commands = new Map<string, WorkQueue<CommandMessage>>();
  readonly results = new WorkQueue<CommandResult>();

  commandsOf(partition: string): WorkQueue<CommandMessage> {
    const queue = this.commands.get(partition) ?? new WorkQueue<CommandMessage>();
    this.commands.set(partition, queue);
    return queue;
  }
}

/**
 * The bus of a single server (docs/concepts/design.md#embedded-by-default): messages neither leave nor survive the
 * process.
 */
export class InProcessBus extends Bus {
  readonly kind = 'in-process';
  readonly durable = false;
  private readonly open = new Set<{ abandon(): void }>();

  constructor(private readonly broker = new InProcessBroker()) {
    super();
  }

  state(): BusState {
    return { connected: true, message: '' };
  }

  /** Everything waiting here is in the journal, too. */
  brokerStats(): undefined {
    return undefined;
  }

  async publishCommand(message: CommandMessage): Promise<void> {
    const copy = structuredClone(message);
    this.broker.commandsOf(message.partition).push(commandKey(message), message.machine, copy);
  }

  consumeCommands(partition: string, handler: DeliveryHandler<CommandMessage>, options?: ConsumeOptions): Subscription {
    return this.track(this.broker.commandsOf(partition).consume(handler, options));
  }

  async publishResult(result: CommandResult): Promise<void> {
    this.broker.results.push(resultKey(result), result.id, { ...result });
  }

  consumeResults(handler: DeliveryHandler<CommandResult>, options?: ConsumeOptions): Subscription {
    return this.track(this.broker.results.consume(handler, options));
  }

  async close(): Promise<void> {
    for (const each of this.open) each.abandon();
    this.open.clear();
  }

  private track(subscription: Subscription & { abandon(): void }): Subscription {
    this.open.add(subscription);
    return { stop: () => (this.open.delete(subscription), subscription.stop()) };
  }
}
