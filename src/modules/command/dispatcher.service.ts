import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '../../platform/bus/bus.js';
import type { CommandResult, Delivery, Outcome, Subscription } from '../../platform/bus/bus.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import { LOG } from '../../shared/log.js';
import type { Log } from '../../shared/log.js';
import { BmcDirectory, commandTitle, isInFlight, isOver } from './command.js';
import type { Command } from './command.js';
import { again, claimed, ended, reported, sent, unsent } from './command-changes.js';
import { commandPayload } from './command-payload.js';
import { nextStep, RECLAIM_MESSAGE_MS } from './command-steps.js';
import type { Step } from './command-steps.js';
import { ALL_OPEN, commandTable, openKey } from './command.table.js';
import type { CommandIndex } from './command.table.js';

/** An order that is older was seen by every replica, together with the state of the machine for which it was given. */
const SETTLED_MS = 10_000;

/** How often everything that is open is looked at, for what time alone makes due. */
const SWEEP_MS = 1000;

/** Why a command cannot be sent, other than a bus that is away. */
class Unsendable extends Error {
  constructor(
    message: string,
    readonly forGood: boolean,
  ) {
    super(message);
  }
}

/**
 * Carries the journal's entries to the bus and the agents' reports back. Every replica runs one; a claim in the entry
 * decides who sends it, and ids on the bus make a second sender harmless.
 */
@Injectable()
export class CommandDispatcher {
  private readonly replica = randomUUID();
  private readonly busy = new Map<string, { again: boolean; done: Promise<void> }>();
  private readonly ends: (() => unknown)[] = [];
  private results: Subscription | undefined;

  constructor(
    @InjectTable(commandTable) private readonly commands: Table<Command, CommandIndex>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
    private readonly bus: Bus,
    private readonly directory: BmcDirectory,
  ) {}

  /** Begins; call once, when the tables are loaded. */
  async start(): Promise<void> {
    if (!this.bus.durable) await this.recallLost();
    this.results = this.bus.consumeResults((delivery) => this.report(delivery));
    const unsubscribe = this.commands.watch((change) =>
      change.type === 'put' ? this.wake(change.now.machine) : change.type === 'reset' ? this.sweep() : undefined,
    );
    const timer = setInterval(() => this.sweep(), SWEEP_MS).unref();
    this.ends.push(unsubscribe, () => clearInterval(timer));
    this.sweep();
  }

  /** Finishes what is under way. */
  async stop(): Promise<void> {
    for (const end of this.ends.splice(0)) end();
    await this.results?.stop();
    await Promise.all([...this.busy.values()].map(({ done }) => done));
  }

  /** Looks at every machine with open commands. */
  sweep(): void {
    for (const machine of new Set(this.commands.by('open', ALL_OPEN).map((command) => command.machine))) {
      this.wake(machine);
    }
  }

  private wake(machine: string): void {
    const running = this.busy.get(machine);
    if (running) {
      running.again = true;
      return;
    }
    const entry = { again: false, done: Promise.resolve() };
    this.busy.set(machine, entry);
    entry.done = this.advance(machine, entry).finally(() => this.busy.delete(machine));
  }

  private async advance(machine: string, entry: { again: boolean }): Promise<void> {
    try {
      do {
        entry.again = false;
        while (await this.take(nextStep(this.commands.by('open', openKey(machine)), this.clock.now(), this.replica)));
      } while (entry.again);
    } catch (error) {
      // The sweep comes back to it.
      if (!isDomainError(error, 'conflict', 'not-found'))
        this.log.warn(`commands of machine ${machine} do not advance`, error);
    }
  }

  /** True when something changed, so that another step may be due. */
  private async take(step: Step): Promise<boolean> {
    const now = this.clock.now();
    switch (step.kind) {
      case 'wait':
        return false;
      case 'end':
        await this.conclude(step.command, ended(step.command, step.state, step.error, now));
        this.log.warn(`${commandTitle(step.command)} of machine ${step.command.machine}: ${step.error}`);
        return true;
      case 'again':
        await this.conclude(step.command, again(step.command, step.error, 0, now));
        return true;
      case 'send':
        return this.send(step.command);
    }
  }

  /** What time alone concluded holds for this state of the command only: another replica may have concluded it before. */
  private async conclude(command: Command, next: Command): Promise<void> {
    await this.commands.replace(next, command.revision);
  }

  private async send(command: Command): Promise<boolean> {
    if (!(await this.isItsTurn(command))) return false;
    const mine = await this.claim(command);
    try {
      const message = await this.message(mine);
      await this.bus.publishCommand(message);
      await this.change(mine, (current) => sent(current, mine.attempt, this.clock.now()));
    } catch (error) {
      await this.giveBack(mine, error);
    }
    return true;
  }

  /** Memory may lag behind the database: that the predecessor is gone is only believed when the database says so. */
  private async isItsTurn({ after }: Command): Promise<boolean> {
    if (after === '') return true;
    const before = this.commands.get(after) ?? (await this.commands.fresh(after));
    return before === undefined || isOver(before);
  }

  private async claim(command: Command): Promise<Command> {
    return this.commands.replace(claimed(command, this.replica, this.clock.now()), command.revision);
  }

  private async message(command: Command) {
    const { id, attempt, machine, partition, firmware } = command;
    // An order is given up, or given again, only on what the database says.
    if (this.isOld(command) || !this.directory.ipmi.ask(machine)?.address) await this.directory.refresh.ask(machine);
    if (this.isOld(command) && command.type === 'delete' && !this.directory.reclaimWanted.ask(machine)) {
      throw new Unsendable('no longer wanted: the machine has been allocated since', true);
    }
    const ipmi = this.directory.ipmi.ask(machine);
    if (!ipmi) throw new Unsendable(`there is no machine "${machine}" any more`, true);
    if (ipmi.address === '') {
      throw new Unsendable(`the address of the BMC of machine "${machine}" is not known`, command.type !== 'delete');
    }
    const url = firmware && (await this.directory.firmwareUrl.ask(machine, firmware));
    if (firmware && url === undefined) {
      throw new Unsendable(
        `the board of machine "${machine}" is not known, so there is no ${firmware.kind} for it`,
        true,
      );
    }
    const expiresAt = command.deadline || timestamp(this.clock.now() + RECLAIM_MESSAGE_MS);
    return { id, attempt, machine, partition, expiresAt, payload: commandPayload(command, ipmi, url) };
  }

  /** Whether the machine may be somebody else's since the order was given: it failed before, or could not be sent. */
  private isOld({ attempt, created }: Command): boolean {
    return attempt > 1 || this.clock.now() - Date.parse(created) > SETTLED_MS;
  }

  private async giveBack(command: Command, error: unknown): Promise<void> {
    const now = this.clock.now();
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof Unsendable && error.forGood) {
      await this.change(command, (current) => ended(current, 'failed', why, now));
    } else {
      await this.change(command, (current) => unsent(current, why, now));
    }
    if (!(error instanceof Unsendable) && !isDomainError(error, 'unavailable')) throw error;
  }

  private async report({ message }: Delivery<CommandResult>): Promise<Outcome> {
    const known = await this.reportedOn(message);
    if (!known) return 'done'; // long over
    if (known.partition !== message.partition) {
      this.log.warn(`partition ${message.partition} reported on command ${known.id} of ${known.partition}`);
      return 'done';
    }
    if (known.machine !== message.machine) {
      this.log.warn(`machine ${message.machine} was reported with command ${known.id} of machine ${known.machine}`);
      return 'done';
    }
    const after = await this.change(known, (command) => reported(command, message, this.clock.now()));
    if (after?.error) this.log.warn(`${commandTitle(after)} of machine ${after.machine}: ${after.error}`);
    return 'done';
  }

  /** The entry of a report. Memory may not know yet of the message that is reported on. */
  private async reportedOn({ id, attempt }: CommandResult): Promise<Command | undefined> {
    const known = this.commands.get(id);
    return known && known.attempt >= attempt ? known : this.commands.fresh(id);
  }

  /** Undefined when the entry is gone. */
  private async change(command: Command, change: (command: Command) => Command): Promise<Command | undefined> {
    try {
      return await this.commands.update(command.id, change);
    } catch (error) {
      if (isDomainError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /** A bus in this process lost its messages with the process before: they are sent anew. */
  private async recallLost(): Promise<void> {
    const lost = this.commands.by('open', ALL_OPEN).filter(isInFlight);
    const why = 'the server was restarted before an agent reported';
    await Promise.all(
      lost.map((command) => this.change(command, (current) => again(current, why, 0, this.clock.now()))),
    );
  }
}
