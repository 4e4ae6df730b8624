import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectLogger } from '../../platform/telemetry/inject-logger.js';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { KeyedRerun } from '../../shared/concurrency/keyed-rerun.js';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import { Bus } from '../../platform/bus/bus.js';
import type { CommandResult, Delivery, HandlerOutcome, Subscription } from '../../platform/bus/bus.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { spans } from '../../platform/tracing/spans.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { CommandSender } from './command-sender.js';
import { BmcDirectory, commandLabel, isInFlight, isFinal, isReclaim } from './command.js';
import type { Command } from './command.js';
import {
  scheduleRetry,
  claimForSending,
  isClaimedFor,
  markFinal,
  applyCommandReport,
  markPublished,
  deferSending,
} from './command-transitions.js';
import { commandPayload } from './command-payload.js';
import { nextStep, RECLAIM_MESSAGE_MS } from './dispatch-step.js';
import type { DispatchStep } from './dispatch-step.js';
import { ALL_OPEN, commandTable, openKey } from './command.table.js';
import type { CommandIndex } from './command.table.js';

/** Every replica has seen a command older than this, and the state of the machine for which it was issued. */
const SETTLED_MS = 10_000;

/** Interval at which all open commands are examined for steps that are due to the passage of time alone. */
const SWEEP_MS = 1000;

/** A reason why a command cannot be sent, other than an unavailable bus. */
class Unsendable extends Error {
  constructor(
    message: string,
    readonly forGood: boolean,
  ) {
    super(message);
  }
}

/**
 * Sends the journal's entries to the bus and stores the agents' reports. Every replica runs one; a claim in the entry
 * decides which replica sends it, and message IDs make a second sender harmless.
 */
@Injectable()
export class CommandDispatcher {
  private readonly replica = randomUUID();
  private readonly machines = new KeyedRerun((machine) => this.advance(machine));
  private readonly ends: (() => unknown)[] = [];
  private results: Subscription | undefined;

  constructor(
    @InjectTable(commandTable) private readonly commands: Table<Command, CommandIndex>,
    @InjectClock() private readonly clock: Clock,
    @InjectLogger() private readonly log: AppLogger,
    private readonly bus: Bus,
    private readonly directory: BmcDirectory,
    private readonly scheduler: Scheduler,
    private readonly sender: CommandSender,
  ) {}

  /** Starts dispatching; call once, after the tables are loaded. */
  async start(): Promise<void> {
    if (!this.bus.durable) await this.recallLost();
    this.results = this.bus.consumeResults((delivery) => this.traced(delivery));
    const unsubscribe = this.commands.watch((change) =>
      change.type === 'put'
        ? this.machines.wake(change.now.machine)
        : change.type === 'reset'
          ? this.sweep()
          : undefined,
    );
    const sweeps = this.scheduler.every(SWEEP_MS, 'command-sweep', () => this.sweep());
    this.sender.replica = this.replica;
    this.ends.push(
      () => (this.sender.replica = undefined),
      unsubscribe,
      () => sweeps.cancel(),
    );
    this.sweep();
  }

  /** Stops dispatching and waits for steps in progress. */
  async stop(): Promise<void> {
    for (const end of this.ends.splice(0)) end();
    await this.results?.stop();
    await this.machines.settled();
  }

  /** Examines every machine with open commands. */
  sweep(): void {
    for (const machine of new Set(this.commands.by('open', ALL_OPEN).map((command) => command.machine))) {
      this.machines.wake(machine);
    }
  }

  private async advance(machine: string): Promise<void> {
    try {
      while (await this.runStep(nextStep(this.commands.by('open', openKey(machine)), this.clock.now(), this.replica)));
    } catch (error) {
      // The next sweep retries.
      if (!isDomainError(error, 'conflict', 'not-found'))
        this.log.warn(`could not advance the commands of machine ${machine}`, error);
    }
  }

  /** Returns true if something changed, so that another step may be due. */
  private async runStep(step: DispatchStep): Promise<boolean> {
    const now = this.clock.now();
    switch (step.kind) {
      case 'wait':
        return false;
      case 'end':
        await this.conclude(step.command, markFinal(step.command, step.state, step.error, now));
        this.log.warn(`${commandLabel(step.command)} of machine ${step.command.machine}: ${step.error}`);
        return true;
      case 'again':
        await this.conclude(step.command, scheduleRetry(step.command, step.error, 0, now));
        return true;
      case 'send':
        return this.send(step.command);
    }
  }

  /**
   * A conclusion drawn from elapsed time only applies to this revision: another replica may have updated the command.
   */
  private async conclude(command: Command, next: Command): Promise<void> {
    await this.commands.replace(next, command.revision);
  }

  private async send(command: Command): Promise<boolean> {
    if (!(await this.isItsTurn(command))) return false;
    const span = {
      name: `send ${commandLabel(command)}`,
      kind: 'producer',
      attributes: attributesOf(command),
    } as const;
    return spans().resume(command.trace, span, () => this.publish(command));
  }

  private async publish(command: Command): Promise<boolean> {
    const mine = await this.claim(command);
    try {
      const message = await this.message(mine);
      await this.bus.publishCommand(message);
      await this.change(mine, (current) => markPublished(current, mine.attempt, this.clock.now()));
    } catch (error) {
      await this.releaseClaim(mine, error);
    }
    return true;
  }

  /**
   * Memory may lag behind the database: a missing predecessor is only taken for finished if the database confirms it.
   */
  private async isItsTurn({ after }: Command): Promise<boolean> {
    if (after === undefined) return true;
    const before = this.commands.get(after) ?? (await this.commands.readFresh(after));
    return before === undefined || isFinal(before);
  }

  private async claim(command: Command): Promise<Command> {
    if (isClaimedFor(command, this.replica, this.clock.now())) return command;
    return this.commands.replace(claimForSending(command, this.replica, this.clock.now()), command.revision);
  }

  private async message(command: Command) {
    const { id, attempt, machine, partition, firmware } = command;
    // Commands are abandoned or retried only according to the database.
    if (this.needsReclaimCheck(command) || !this.directory.ipmi.call(machine)?.address)
      await this.directory.refresh.call(machine);
    if (this.needsReclaimCheck(command) && isReclaim(command) && !this.directory.isReclaimStillNeeded.call(machine)) {
      throw new Unsendable('no longer needed: the machine has been allocated since', true);
    }
    const ipmi = this.directory.ipmi.call(machine);
    if (!ipmi) throw new Unsendable(`machine "${machine}" no longer exists`, true);
    if (ipmi.address === '') {
      throw new Unsendable(`the BMC address of machine "${machine}" is unknown`, !isReclaim(command));
    }
    const url = firmware && (await this.directory.firmwareUrl.call(machine, firmware));
    if (firmware && url === undefined) {
      throw new Unsendable(
        `the board of machine "${machine}" is unknown, so there is no ${firmware.kind} firmware for it`,
        true,
      );
    }
    const expiresAt = command.deadline ?? timestamp(this.clock.now() + RECLAIM_MESSAGE_MS);
    const trace = spans().current();
    const payload = commandPayload(command, ipmi, url);
    return { id, attempt, machine, partition, expiresAt, payload, ...(trace !== undefined && { trace }) };
  }

  /**
   * Whether the machine may have a new owner since the command was issued: it failed before, or could not be sent at
   * once.
   */
  private needsReclaimCheck({ attempt, created }: Command): boolean {
    return attempt > 1 || this.clock.now() - Date.parse(created) > SETTLED_MS;
  }

  private async releaseClaim(command: Command, error: unknown): Promise<void> {
    const now = this.clock.now();
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof Unsendable && error.forGood) {
      await this.change(command, (current) => markFinal(current, 'failed', why, now));
    } else {
      await this.change(command, (current) => deferSending(current, why, now));
    }
    if (!(error instanceof Unsendable) && !isDomainError(error, 'unavailable')) throw error;
  }

  private traced(delivery: Delivery<CommandResult>): Promise<HandlerOutcome> {
    const { message } = delivery;
    const span = { name: `receive ${message.state}`, kind: 'consumer', attributes: attributesOf(message) } as const;
    return spans().resume(message.trace, span, () => this.report(delivery));
  }

  private async report({ message }: Delivery<CommandResult>): Promise<HandlerOutcome> {
    const known = await this.reportedOn(message);
    if (!known) return 'done'; // archived long ago
    if (known.partition !== message.partition) {
      this.log.warn(`partition ${message.partition} reported on command ${known.id} of ${known.partition}`);
      return 'done';
    }
    if (known.machine !== message.machine) {
      this.log.warn(`machine ${message.machine} was reported with command ${known.id} of machine ${known.machine}`);
      return 'done';
    }
    const after = await this.change(known, (command) => applyCommandReport(command, message, this.clock.now()));
    if (after?.error) this.log.warn(`${commandLabel(after)} of machine ${after.machine}: ${after.error}`);
    return 'done';
  }

  /** Returns the entry of a report. Memory may lag behind the message that is reported on. */
  private async reportedOn({ id, attempt }: CommandResult): Promise<Command | undefined> {
    const known = this.commands.get(id);
    return known && known.attempt >= attempt ? known : this.commands.readFresh(id);
  }

  /** Returns undefined if the entry no longer exists. */
  private async change(command: Command, change: (command: Command) => Command): Promise<Command | undefined> {
    try {
      return await this.commands.update(command.id, change);
    } catch (error) {
      if (isDomainError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /** Resends commands whose messages were lost with the previous process's in-process bus. */
  private async recallLost(): Promise<void> {
    const lost = this.commands.by('open', ALL_OPEN).filter(isInFlight);
    const why = 'the server was restarted before an agent reported';
    await Promise.all(
      lost.map((command) => this.change(command, (current) => scheduleRetry(current, why, 0, this.clock.now()))),
    );
  }
}

/** Attributes of spans about a command. */
const attributesOf = ({ id, machine, partition }: Pick<Command, 'id' | 'machine' | 'partition'>) => ({
  'metal.command': id,
  'metal.machine': machine,
  'metal.partition': partition,
});
