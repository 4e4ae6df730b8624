import { Inject, Injectable } from '@nestjs/common';
import { InjectLog, InjectTable } from '../../platform/store/inject.js';
import type { Log as History } from '../../platform/store/log.js';
import type { Table } from '../../platform/store/table.js';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import { isOver } from './command.js';
import type { Command } from './command.js';
import { commandLog, commandTable, pastId } from './command.table.js';
import type { CommandIndex, PastCommand } from './command.table.js';

/** How long a command that is over stays in memory, and in the history. */
const RECENT_MS = 15 * 60_000;
const HISTORY_MS = 90 * 24 * 3600_000;

/** Keeps the table small: what was over for a while moves into the history, what is old leaves that too. */
@Injectable()
export class CommandArchive {
  constructor(
    @InjectTable(commandTable) private readonly commands: Table<Command, CommandIndex>,
    @InjectLog(commandLog) private readonly past: History<PastCommand>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Moves what was over for 15 minutes. Several replicas may do it at once. */
  async move(): Promise<void> {
    const before = timestamp(this.clock.now() - RECENT_MS);
    const old = [...this.commands.list()].filter((command) => isOver(command) && command.changed < before);
    if (old.length === 0) return;
    await this.past.append(old.map((command) => ({ id: pastId(command), command })));
    for (const { id, revision } of old) await this.drop(id, revision);
  }

  /** Forgets what is older than 90 days; returns how many. */
  async prune(): Promise<number> {
    return this.past.prune({ to: timestamp(this.clock.now() - HISTORY_MS) });
  }

  /** A late report may have changed it meanwhile: then it moves next time. */
  private async drop(id: string, revision: number): Promise<void> {
    try {
      await this.commands.remove(id, revision);
    } catch (error) {
      if (!isDomainError(error, 'conflict')) throw error;
    }
  }
}
