import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { InjectLog, InjectTable } from '../../platform/store/inject.js';
import type { AppendLog } from '../../platform/store/append-log.js';
import type { Table } from '../../platform/store/table.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import { isFinal } from './command.js';
import type { Command } from './command.js';
import { commandLog, commandTable, archivedCommandId } from './command.table.js';
import type { CommandIndex, ArchivedCommand } from './command.table.js';

/** How long a final command stays in memory, and in the history. */
const RECENT_MS = 15 * 60_000;
const HISTORY_MS = 90 * 24 * 3600_000;

/** Keeps the table small: moves older final commands into the history, and prunes the history. */
@Injectable()
export class CommandArchive {
  constructor(
    @InjectTable(commandTable) private readonly commands: Table<Command, CommandIndex>,
    @InjectLog(commandLog) private readonly archive: AppendLog<ArchivedCommand>,
    @InjectClock() private readonly clock: Clock,
  ) {}

  /** Moves commands that have been final for 15 minutes. May run on several replicas at once. */
  async archiveFinal(): Promise<void> {
    const before = timestamp(this.clock.now() - RECENT_MS);
    const old = [...this.commands.list()].filter((command) => isFinal(command) && command.changed < before);
    if (old.length === 0) return;
    await this.archive.append(old.map((command) => ({ id: archivedCommandId(command), command })));
    for (const { id, revision } of old) await this.drop(id, revision);
  }

  /** Removes entries older than 90 days; returns their number. */
  async prune(): Promise<number> {
    return this.archive.prune({ to: timestamp(this.clock.now() - HISTORY_MS) });
  }

  /** Keeps a command that a late report has changed in the meantime; it is moved the next time. */
  private async drop(id: string, revision: number): Promise<void> {
    try {
      await this.commands.remove(id, revision);
    } catch (error) {
      if (!isDomainError(error, 'conflict')) throw error;
    }
  }
}
