import { defineLog } from '../../platform/store/append-log.js';
import type { LogEntry } from '../../platform/store/append-log.js';
import { defineTable } from '../../platform/store/table.js';
import { canonicalUuid } from '../../shared/spelling.js';
import { isFinal } from './command.js';
import type { Command } from './command.js';

/** Key of all open commands in the index `open`; each is also indexed under its machine. */
export const ALL_OPEN = '*';

const ABSENT_TEXTS = ['command', 'error', 'after', 'deadline', 'notBefore', 'answerBy'];

export const commandTable = defineTable<Command>()({
  name: 'command',
  absentTexts: ABSENT_TEXTS,
  indexes: {
    /** By canonical UUID, regardless of the machine's own spelling. */
    machine: (command) => canonicalUuid(command.machine),
    open: (command) => (isFinal(command) ? [] : [ALL_OPEN, openKey(command.machine)]),
  },
});

export type CommandIndex = 'machine' | 'open';

export const openKey = (machine: string): string => `machine ${machine}`;

/** A final command that has been moved from the table into the history. */
export interface ArchivedCommand extends LogEntry {
  readonly command: Command;
}

export const commandLog = defineLog<ArchivedCommand>('command_log', {
  absentTexts: ABSENT_TEXTS.map((field) => `command.${field}`),
});

/** Sorts by creation time. */
export const archivedCommandId = ({ created, id }: Command): string => `${created}~${id}`;
