import { BoundedMap } from '../shared/concurrency/bounded-map.js';
import type {
  Bus,
  CommandMessage,
  CommandResult,
  Delivery,
  HandlerOutcome,
  Subscription,
} from '../platform/bus/bus.js';
import { spans } from '../platform/tracing/spans.js';
import { timestamp } from '../shared/clock.js';
import type { Clock } from '../shared/clock.js';
import type { AppLogger } from '../shared/app-logger.js';
import { BmcError } from './bmc/bmc-driver.js';
import type { BmcDriver } from './bmc/bmc-driver.js';
import { ManagementNetworks } from './bmc/management-networks.js';
import { CommandProgress } from './command-progress.js';
import { executeCommand, isSupportedAction } from './execute-command.js';
import { parseAgentCommand } from './agent-command.js';

export interface AgentOptions {
  readonly partition: string;
  /** Maximum number of machines whose commands are executed concurrently. */
  readonly concurrency: number;
  /** Tries of one command before it is reported as failed. */
  readonly tries: number;
  /** Pause before the second try in milliseconds; doubles with every further try. */
  readonly retryMs: number;
  /** Networks of the partition's BMCs. */
  readonly networks: ManagementNetworks;
  /** Whether to use IPMI 1.5 with BMCs that are registered for it. */
  readonly allowIpmi15: boolean;
  /** Called when a command has ended and its result is on the bus. `command` is one of the names that agents know. */
  readonly onEnd?: (command: string, state: CommandResult['state']) => void;
}

export const AGENT_DEFAULTS: Omit<AgentOptions, 'partition'> = {
  concurrency: 64,
  tries: 4,
  retryMs: 3000,
  networks: new ManagementNetworks(),
  allowIpmi15: false,
};

/** A command that was delivered more often than this is assumed to kill its agent, and fails. */
const DEADLY_DELIVERIES = 12;

/** Number of results kept to answer redeliveries of executed commands. */
const REMEMBERED = 10_000;

type Ending = Pick<CommandResult, 'state' | 'message'>;

/**
 * Executes the commands of one partition (docs/concepts/design.md#commands-survive). Each command either ends in a
 * result or is redelivered.
 */
export class PartitionAgent {
  private readonly results = new BoundedMap<string, CommandResult>(REMEMBERED);
  private readonly stopping = new AbortController();
  private subscription: Subscription | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly bmc: BmcDriver,
    private readonly options: AgentOptions,
    private readonly clock: Clock,
    private readonly log: AppLogger,
  ) {}

  start(): void {
    const { partition, concurrency } = this.options;
    this.subscription = this.bus.consumeCommands(partition, (delivery) => this.traced(delivery), { concurrency });
  }

  /** Accepts no further commands and finishes those in progress; updates of firmware are not followed any longer. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.subscription?.stop();
  }

  private traced(delivery: Delivery<CommandMessage>): Promise<HandlerOutcome> {
    const { id, machine, partition, trace } = delivery.message;
    const attributes = { 'metal.command': id, 'metal.machine': machine, 'metal.partition': partition };
    const span = { name: 'receive command', kind: 'consumer', attributes } as const;
    return spans().resume(trace, span, () => this.handle(delivery));
  }

  private async handle(delivery: Delivery<CommandMessage>): Promise<HandlerOutcome> {
    const { message, deliveries } = delivery;
    const known = this.results.get(message.id);
    // `done` is the result of every attempt; any other result is that of its own attempt only.
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

  /** The result of a command that must not be started; undefined if it may. */
  private refusal({ message, deliveries }: Delivery<CommandMessage>): Ending | undefined {
    const misdirection = misdirectionOf(message, this.options.partition);
    if (misdirection !== undefined) return { state: 'failed', message: misdirection };
    if (message.expiresAt !== undefined && message.expiresAt <= timestamp(this.clock.now())) {
      return { state: 'expired', message: `reached the agent after ${message.expiresAt}` };
    }
    if (deliveries > DEADLY_DELIVERIES) {
      return { state: 'failed', message: `gave up after ${deliveries - 1} deliveries without a result` };
    }
    return undefined;
  }

  private async execute(message: CommandMessage): Promise<Ending | BmcError> {
    const progress = new CommandProgress((text) => this.reportDelivered(message, text), this.clock);
    try {
      const command = parseAgentCommand(message, this.options);
      if (!isSupportedAction(command.action)) {
        return { state: 'failed', message: `this agent does not support the command "${command.action}"` };
      }
      void this.reportDelivered(message);
      const target = await this.options.networks.resolveAllowed(command.target);
      const context = { progress: (text: string) => progress.report(text), signal: this.stopping.signal };
      const execution = (): Promise<void> => executeCommand(this.bmc, { ...command, target }, context);
      await spans().child({ name: `BMC ${command.action}`, kind: 'client' }, execution);
      return { state: 'done', message: progress.last };
    } catch (error) {
      if (error instanceof BmcError) return error;
      return { state: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
  }

  private mayTryAgain(error: BmcError, { message, deliveries }: Delivery<CommandMessage>, pause: number): boolean {
    if (!error.isRetryable || deliveries >= this.options.tries) return false;
    return message.expiresAt === undefined || timestamp(this.clock.now() + pause) < message.expiresAt;
  }

  /** Reports to the journal that the command has arrived, or how far it is. A mere hint: errors are ignored. */
  private async reportDelivered(message: CommandMessage, progress = ''): Promise<void> {
    const result = this.result(message, { state: 'delivered', message: progress });
    await this.bus.publishResult(result).catch(() => undefined);
  }

  /** Acknowledges the command once the bus has its result. Until then it is redelivered and answered from `results`. */
  private async report(message: CommandMessage, ending: Ending): Promise<HandlerOutcome> {
    const result = this.result(message, ending);
    this.results.set(result.id, result);
    try {
      await this.bus.publishResult(result);
    } catch (error) {
      this.log.warn(`${titleOf(message)}: could not report the result, retrying`, error);
      return { retryAfter: this.options.retryMs };
    }
    this.options.onEnd?.(actionOf(message), ending.state);
    this.log.info(`${titleOf(message)}: ${ending.state}${ending.message && `: ${ending.message}`}`);
    return 'done';
  }

  private result({ id, attempt, machine, installation }: CommandMessage, { state, message }: Ending): CommandResult {
    const { partition } = this.options;
    const origin = { id, attempt, partition, machine, ...(installation !== undefined && { installation }) };
    const trace = spans().current();
    const at = timestamp(this.clock.now());
    return { ...origin, state, message, at, ...(trace !== undefined && { trace }) };
  }
}

/** Why a command is misdirected: it is for another partition or targets another machine. Undefined if it is not. */
function misdirectionOf({ partition, machine, payload }: CommandMessage, own: string): string | undefined {
  if (partition !== own) return `the command is for partition "${partition}", this agent serves "${own}"`;
  const { target } = (payload['cmd'] ?? {}) as { readonly target?: unknown };
  if (target === undefined || target === machine) return undefined;
  return `the command is addressed to machine "${machine}", but its target is ${JSON.stringify(target)}`;
}

/** The name of the command for metrics, which must not have names of the sender's choice. */
function actionOf({ payload }: CommandMessage): string {
  const { cmd } = (payload['cmd'] ?? {}) as { readonly cmd?: unknown };
  if (payload['type'] === 'delete') return 'RECLAIM';
  return typeof cmd === 'string' && isSupportedAction(cmd) ? cmd : 'unknown';
}

/** Describes a command for the log. The payload must not be logged: it contains the BMC's password. */
function titleOf({ id, machine, payload }: CommandMessage): string {
  const { cmd } = (payload['cmd'] ?? {}) as { readonly cmd?: unknown };
  const name = payload['type'] === 'delete' ? 'reclaim' : typeof cmd === 'string' ? cmd : 'command';
  return `${name} of machine ${machine} (${id})`;
}
