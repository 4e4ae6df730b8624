import type { Bus, CommandMessage, CommandResult, Delivery, Outcome, Subscription } from '../platform/bus/bus.js';
import { timestamp } from '../shared/clock.js';
import type { Clock } from '../shared/clock.js';
import type { Log } from '../shared/log.js';
import { BmcError } from './bmc/bmc.js';
import type { Bmc } from './bmc/bmc.js';
import { ManagementNetworks } from './bmc/management-networks.js';
import { carryOut, isKnown } from './carry-out.js';
import { readOrder } from './order.js';

export interface AgentOptions {
  readonly partition: string;
  /** Machines whose commands are carried out side by side. */
  readonly concurrency: number;
  /** Tries of one command before it is reported as failed. */
  readonly tries: number;
  /** Pause before the second try in milliseconds; doubled each time. */
  readonly retryMs: number;
  /** Where the partition's BMCs are. */
  readonly networks: ManagementNetworks;
  /** Speak IPMI 1.5 with BMCs that are registered for it. */
  readonly allowIpmi15: boolean;
}

export const AGENT_DEFAULTS: Omit<AgentOptions, 'partition'> = {
  concurrency: 64,
  tries: 4,
  retryMs: 3000,
  networks: new ManagementNetworks(),
  allowIpmi15: false,
};

/** Deliveries after which a command is taken for one that kills its agent. */
const DEADLY_DELIVERIES = 12;

/** Results kept for commands that are delivered again although they were carried out. */
const REMEMBERED = 10_000;

type Ending = Pick<CommandResult, 'state' | 'message'>;

/** Carries out the commands of one partition (design D4): each ends in a result, or is delivered again. */
export class PartitionAgent {
  private readonly results = new Map<string, CommandResult>();
  private subscription: Subscription | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly bmc: Bmc,
    private readonly options: AgentOptions,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  start(): void {
    const { partition, concurrency } = this.options;
    this.subscription = this.bus.consumeCommands(partition, (delivery) => this.handle(delivery), { concurrency });
  }

  /** Takes nothing new and finishes what is under way. */
  async stop(): Promise<void> {
    await this.subscription?.stop();
  }

  private async handle(delivery: Delivery<CommandMessage>): Promise<Outcome> {
    const { message, deliveries } = delivery;
    const known = this.results.get(message.id);
    // Done is done, whatever the number of the message; a failure only answers for its own.
    if (known && (known.state === 'done' || known.attempt === message.attempt)) return this.report(message, known);
    const ending = this.refusal(delivery) ?? (await this.execute(message));
    if (ending instanceof BmcError) {
      const pause = this.options.retryMs * 2 ** (deliveries - 1);
      if (this.mayTryAgain(ending, delivery, pause)) {
        this.log.warn(`${titleOf(message)}, try ${deliveries}: ${ending.message}`);
        return { retryAfter: pause };
      }
      return this.report(message, { state: 'failed', message: ending.message });
    }
    return this.report(message, ending);
  }

  /** Why the command is not even begun. */
  private refusal({ message, deliveries }: Delivery<CommandMessage>): Ending | undefined {
    const misdirection = misdirectionOf(message, this.options.partition);
    if (misdirection !== undefined) return { state: 'failed', message: misdirection };
    if (message.expiresAt !== undefined && message.expiresAt <= timestamp(this.clock.now())) {
      return { state: 'expired', message: `came to the agent after ${message.expiresAt}` };
    }
    if (deliveries > DEADLY_DELIVERIES) {
      return { state: 'failed', message: `given up after ${deliveries - 1} deliveries without an end` };
    }
    return undefined;
  }

  private async execute(message: CommandMessage): Promise<Ending | BmcError> {
    try {
      const { action, target } = readOrder(message, this.options);
      if (!isKnown(action)) return { state: 'failed', message: `this agent cannot carry out "${action}"` };
      void this.announce(message);
      await carryOut(this.bmc, { action, target: await this.options.networks.admit(target) });
      return { state: 'done', message: '' };
    } catch (error) {
      if (error instanceof BmcError) return error;
      return { state: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
  }

  private mayTryAgain(error: BmcError, { message, deliveries }: Delivery<CommandMessage>, pause: number): boolean {
    if (!error.isWorthAnotherTry || deliveries >= this.options.tries) return false;
    return message.expiresAt === undefined || timestamp(this.clock.now() + pause) < message.expiresAt;
  }

  /** Tells the journal that the command has arrived. Only a hint: nothing depends on it. */
  private async announce(message: CommandMessage): Promise<void> {
    await this.bus.publishResult(this.result(message, { state: 'delivered', message: '' })).catch(() => undefined);
  }

  /** Acknowledges only when the bus has the result; until then the command comes again, and the result is known. */
  private async report(message: CommandMessage, ending: Ending): Promise<Outcome> {
    const result = this.result(message, ending);
    this.remember(result);
    try {
      await this.bus.publishResult(result);
    } catch (error) {
      this.log.warn(`${titleOf(message)}: the result is not reported yet`, error);
      return { retryAfter: this.options.retryMs };
    }
    this.log.info(`${titleOf(message)}: ${ending.state}${ending.message && `: ${ending.message}`}`);
    return 'done';
  }

  private result({ id, attempt, machine, installation }: CommandMessage, { state, message }: Ending): CommandResult {
    const { partition } = this.options;
    const origin = { id, attempt, partition, machine, ...(installation !== undefined && { installation }) };
    return { ...origin, state, message, at: timestamp(this.clock.now()) };
  }

  private remember(result: CommandResult): void {
    this.results.delete(result.id);
    this.results.set(result.id, result);
    const [oldest] = this.results.keys();
    if (this.results.size > REMEMBERED && oldest !== undefined) this.results.delete(oldest);
  }
}

/** Why a command is not for this agent or not about the machine that it is addressed to; undefined when it is. */
function misdirectionOf({ partition, machine, payload }: CommandMessage, own: string): string | undefined {
  if (partition !== own) return `the command is for partition "${partition}", this agent is of "${own}"`;
  const { target } = (payload['cmd'] ?? {}) as { readonly target?: unknown };
  if (target === undefined || target === machine) return undefined;
  return `the command is addressed to machine "${machine}" and about ${JSON.stringify(target)}`;
}

/** Names a command in the log. Its payload must not get there: it has the BMC's password. */
function titleOf({ id, machine, payload }: CommandMessage): string {
  const { cmd } = (payload['cmd'] ?? {}) as { readonly cmd?: unknown };
  const name = payload['type'] === 'delete' ? 'reclaim' : typeof cmd === 'string' ? cmd : 'command';
  return `${name} of machine ${machine} (${id})`;
}
