import type { Command } from '../api/types.js';

const SYMBOLS: Readonly<Record<Command['state'], string>> = {
  pending: '…',
  published: '→',
  delivered: '⇢',
  done: '✓',
  failed: '✕',
  expired: '⌛',
};

/** Whether the command has ended. */
export const isFinal = ({ state }: Command): boolean => state === 'done' || state === 'failed' || state === 'expired';

/** What the command does, as the journal calls it. */
export const commandName = ({ type, command }: Command): string => (type === 'delete' ? 'reclaim' : command);

export const CommandState = ({ command: { state } }: { readonly command: Command }) => (
  <span className={`command-state command-${state}`}>
    <span aria-hidden>{SYMBOLS[state]} </span>
    {state}
  </span>
);
