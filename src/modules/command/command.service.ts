import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { InjectLog, InjectTable } from '../../platform/store/inject.js';
import type { AppendLog } from '../../platform/store/append-log.js';
import type { Table } from '../../platform/store/table.js';
import { spans } from '../../platform/tracing/spans.js';
import { KeyedQueue } from '../../shared/concurrency/keyed-queue.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import type { Content } from '../../shared/document.js';
import { checkId } from '../../shared/entity.js';
import { canonicalUuid } from '../../shared/spelling.js';
import { isDomainError, malformed, notFound } from '../../shared/errors/domain-error.js';
import { CommandSender } from './command-sender.js';
import { byOrder, checkCommandRequest, COMMAND_STATES } from './command.js';
import type { Command, CommandRequest, CommandQuery, DeliverableRequest } from './command.js';
import { newCommand } from './command-transitions.js';
import { commandLog, commandTable, openKey } from './command.table.js';
import type { CommandIndex, ArchivedCommand } from './command.table.js';

/** Maximum number of entries returned from the history. */
const HISTORY_LIMIT = 1000;

/** What the place of the next command depends on. */
type Placed = Pick<Command, 'id' | 'order'>;

/**
 * The journal of commands: which commands were requested for which machine, and their results
 * (docs/concepts/design.md#commands-survive).
 */
@Injectable()
export class CommandService {
  private readonly orders = new KeyedQueue();
  private sequence = 0;

  constructor(
    @InjectTable(commandTable) private readonly commands: Table<Command, CommandIndex>,
    @InjectLog(commandLog) private readonly archive: AppendLog<ArchivedCommand>,
    @InjectConfig() private readonly config: Config,
    @InjectClock() private readonly clock: Clock,
    private readonly sender: CommandSender,
  ) {}

  /**
   * Writes the command to the journal; from then on it is executed, or its entry gives the reason why not. Resolves
   * when the entry is stored, without waiting for bus or agent. Commands of one machine are executed in the order of
   * issue. Idempotent for requests with an ID. Throws `malformed`, `invalid` for a machine without a partition.
   */
  async issue(request: CommandRequest): Promise<Command> {
    const [outcome] = await this.issueTogether([request]);
    if (outcome!.status === 'rejected') throw outcome!.reason;
    return outcome!.value;
  }

  /**
   * Like `issue` for several commands of one machine, which are executed in this order but stored at the same time. Each
   * has an outcome of its own. Throws as `issue` does, before anything is stored, if a request is not valid.
   */
  async issueTogether(requests: readonly CommandRequest[]): Promise<PromiseSettledResult<Command>[]> {
    const valid = requests.map(checked);
    const [{ machine } = { machine: '' }] = valid;
    return this.orders.run(machine, async () => {
      const now = this.clock.now();
      let before: Placed | undefined = [...this.commands.by('open', openKey(machine))].sort(byOrder).at(-1);
      const entries = valid.map((request) => (before = this.entry(request, before, now)));
      return Promise.allSettled(entries.map((entry) => this.store(entry)));
    });
  }

  /** Returns an entry of the table; older final ones are in the history only. Throws `not-found`. */
  get(id: string): Command {
    const command = this.commands.get(id);
    if (!command) throw notFound('command', id);
    return command;
  }

  /** Newest first. Throws `malformed` for an unknown state. */
  list(query: CommandQuery = {}): Command[] {
    checkState(query.state);
    const candidates =
      query.machine === undefined ? this.commands.list() : this.commands.by('machine', canonicalUuid(query.machine));
    return [...candidates].filter((command) => matches(command, query)).sort((a, b) => byOrder(b, a));
  }

  /** Returns archived entries, newest first, at most 1000. Throws the same errors as `list`. */
  async history(query: CommandQuery = {}): Promise<Command[]> {
    checkState(query.state);
    const found: Command[] = [];
    for await (const { command } of this.archive.scan({}, { descending: true })) {
      if (!matches(command, query) || this.commands.get(command.id)) continue;
      if (found.push(command) >= HISTORY_LIMIT) break;
    }
    return found;
  }

  /** An entry that is executed after `before`, the last open one of the machine. */
  private entry(
    request: DeliverableRequest & { readonly id: string },
    before: Placed | undefined,
    now: number,
  ): Content<Command> {
    const trace = spans().current();
    const sender = before ? undefined : this.sender.replica;
    const place = { order: this.nextOrder(now, before), after: before?.id, sender };
    return {
      ...newCommand(request, place, now, this.config.bus.commandTimeout),
      ...(trace !== undefined && { trace }),
    };
  }

  private async store(entry: Content<Command>): Promise<Command> {
    try {
      return await this.commands.insert(entry);
    } catch (error) {
      const known = isDomainError(error, 'already-exists') && (await this.commands.readFresh(entry.id));
      if (known) return known;
      throw error;
    }
  }

  /** Returns a sort key after that of `before`, even if the clock of another replica is ahead. */
  private nextOrder(now: number, before: Placed | undefined): string {
    const tick = String(++this.sequence).padStart(9, '0');
    const order = `${timestamp(now)}.${tick}`;
    return before && before.order >= order ? `${before.order}.${tick}` : order;
  }
}

function checked(request: CommandRequest): DeliverableRequest & { readonly id: string } {
  checkCommandRequest(request);
  const identified = { ...request, id: request.id ?? randomUUID() };
  checkId('command', identified.id);
  return identified;
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
