import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { InjectLog, InjectTable } from '../../platform/store/inject.js';
import type { Log as History } from '../../platform/store/log.js';
import type { Table } from '../../platform/store/table.js';
import { KeyedQueue } from '../../shared/async.js';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { checkId } from '../../shared/entity.js';
import { canonicalUuid } from '../../shared/spelling.js';
import { isDomainError, malformed, notFound } from '../../shared/errors/domain-error.js';
import { byOrder, checkOrder, COMMAND_STATES } from './command.js';
import type { Command, CommandOrder, CommandQuery } from './command.js';
import { newCommand } from './command-changes.js';
import { commandLog, commandTable, openKey } from './command.table.js';
import type { CommandIndex, PastCommand } from './command.table.js';

/** Most entries of history that one question gets. */
const HISTORY_LIMIT = 1000;

/** The journal of commands: what was asked of which machine, and what became of it (design D4). */
@Injectable()
export class CommandService {
  private readonly orders = new KeyedQueue();
  private sequence = 0;

  constructor(
    @InjectTable(commandTable) private readonly commands: Table<Command, CommandIndex>,
    @InjectLog(commandLog) private readonly past: History<PastCommand>,
    @InjectConfig() private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Writes the command into the journal; from then on it is carried out, or the entry says why not. Resolves when it is
   * stored, without waiting for bus or agent. Commands of one machine are carried out in the order of their issue.
   * Idempotent for orders with an id. Throws `malformed`, `invalid` for a machine without partition.
   */
  async issue(order: CommandOrder): Promise<Command> {
    checkOrder(order);
    const spec = { ...order, id: order.id ?? randomUUID() };
    checkId('command', spec.id);
    return this.orders.run(order.machine, () => this.store(spec));
  }

  /** An entry of the table; those that were over for long are only in the history. Throws `not-found`. */
  get(id: string): Command {
    const command = this.commands.get(id);
    if (!command) throw notFound('command', id);
    return command;
  }

  /** Newest first. Throws `malformed` for a state that does not exist. */
  list(query: CommandQuery = {}): Command[] {
    checkState(query.state);
    const candidates =
      query.machine === undefined ? this.commands.list() : this.commands.by('machine', canonicalUuid(query.machine));
    return [...candidates].filter((command) => matches(command, query)).sort((a, b) => byOrder(b, a));
  }

  /** Those that left the table, newest first, at most 1000. Throws as `list` does. */
  async history(query: CommandQuery = {}): Promise<Command[]> {
    checkState(query.state);
    const found: Command[] = [];
    for await (const { command } of this.past.scan({}, { descending: true })) {
      if (!matches(command, query) || this.commands.get(command.id)) continue;
      if (found.push(command) >= HISTORY_LIMIT) break;
    }
    return found;
  }

  private async store(spec: CommandOrder & { readonly id: string }): Promise<Command> {
    const now = this.clock.now();
    const before = [...this.commands.by('open', openKey(spec.machine))].sort(byOrder).at(-1);
    const place = { order: this.nextOrder(now, before), after: before?.id ?? '' };
    try {
      return await this.commands.insert(newCommand(spec, place, now, this.config.bus.commandTimeout));
    } catch (error) {
      const known = isDomainError(error, 'already-exists') && (await this.commands.fresh(spec.id));
      if (known) return known;
      throw error;
    }
  }

  /** Behind `before`, also when another replica's clock is ahead of this one's. */
  private nextOrder(now: number, before: Command | undefined): string {
    const tick = String(++this.sequence).padStart(9, '0');
    const order = `${timestamp(now)}.${tick}`;
    return before && before.order >= order ? `${before.order}.${tick}` : order;
  }
}

function checkState(state: string | undefined): void {
  if (state !== undefined && !(COMMAND_STATES as readonly string[]).includes(state)) {
    throw malformed(`state "${state}" is unknown, expected one of ${COMMAND_STATES.join(', ')}`);
  }
}

const matches = (command: Command, { machine, partition, state }: CommandQuery): boolean =>
  (machine === undefined || canonicalUuid(command.machine) === canonicalUuid(machine)) &&
  (partition === undefined || command.partition === partition) &&
  (state === undefined || command.state === state);
