import { Bus } from '../../../src/platform/bus/bus.js';
import type {
  BusState,
  CommandMessage,
  CommandResult,
  ConsumeOptions,
  DeliveryHandler,
  Subscription,
} from '../../../src/platform/bus/bus.js';
import { NatsBus } from '../../../src/platform/bus/nats/nats-bus.js';
import { DomainError } from '../../../src/shared/errors/domain-error.js';
import type { AppLogger } from '../../../src/shared/app-logger.js';

/**
 * The broker as an agent sees it that dies and comes back: its connection ends without a farewell, what it was doing is
 * neither acknowledged nor reported, and the next one begins on a connection of its own.
 */
export class KillableAgent extends Bus {
  readonly kind = 'nats';
  readonly durable = true;
  private life: Life | undefined;
  private consume: ((life: Life) => void) | undefined;

  constructor(
    private readonly url: string,
    private readonly log: AppLogger,
  ) {
    super();
    this.life = this.born();
  }

  async kill(): Promise<void> {
    const { life } = this;
    this.life = undefined;
    await life?.bus.close();
  }

  up(): void {
    this.life = this.born();
    this.consume?.(this.life);
  }

  state(): BusState {
    return this.life?.bus.state() ?? { connected: false, message: 'the agent is dead' };
  }

  brokerStats(): undefined {
    return undefined;
  }

  async publishCommand(message: CommandMessage): Promise<void> {
    await this.bus.publishCommand(message);
  }

  async publishResult(result: CommandResult): Promise<void> {
    await this.bus.publishResult(result);
  }

  consumeCommands(partition: string, handler: DeliveryHandler<CommandMessage>, options?: ConsumeOptions): Subscription {
    let current: Subscription | undefined;
    this.consume = (life) => {
      // A dead agent does not answer: its handler never ends.
      const mortal: DeliveryHandler<CommandMessage> = async (delivery) => {
        const outcome = await handler(delivery);
        return this.life === life ? outcome : new Promise(() => undefined);
      };
      current = life.bus.consumeCommands(partition, mortal, options);
    };
    if (this.life) this.consume(this.life);
    return {
      stop: async () => {
        this.consume = undefined;
        if (this.life) await current?.stop();
      },
    };
  }

  consumeResults(): Subscription {
    throw new Error('agents consume no results');
  }

  async close(): Promise<void> {
    await this.kill();
  }

  private get bus(): NatsBus {
    if (!this.life) throw new DomainError('unavailable', 'the agent is dead');
    return this.life.bus;
  }

  private born(): Life {
    return { bus: new NatsBus({ url: this.url, name: 'agent-chaos', role: 'agent', log: this.log }) };
  }
}

interface Life {
  readonly bus: NatsBus;
}
