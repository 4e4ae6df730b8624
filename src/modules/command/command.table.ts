import { defineLog } from '../../platform/store/log.js';
import type { LogEntry } from '../../platform/store/log.js';
import { defineTable } from '../../platform/store/table.js';
import { canonicalUuid } from '../../shared/spelling.js';
import { isOver } from './command.js';
import type { Command } from './command.js';

/** Key under which the index `open` has the commands that are not over; each is also there under its machine. */
export const ALL_OPEN = '*';

export const commandTable = defineTable<Command>()({
  name: 'command',
  indexes: {
    /** In the one spelling of a UUID, whatever that of the machine is. */
    machine: (command) => canonicalUuid(command.machine),
    open: (command) => (isOver(command) ? [] : [ALL_OPEN, openKey(command.machine)]),
  },
});

export type CommandIndex = 'machine' | 'open';

export const openKey = (machine: string): string => `machine ${machine}`;

/** A command that was over for a while and left the table. */
export interface PastCommand extends LogEntry {
  readonly command: Command;
}

export const commandLog = defineLog<PastCommand>('command_log');

/** Sorts by the time of the order. */
export const pastId = ({ created, id }: Command): string => `${created}~${id}`;
