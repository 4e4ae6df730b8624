import type { CommandMessage, CommandResult } from './bus.js';

/** Two commands with the same key are one message. */
export const commandKey = ({ id, attempt }: Pick<CommandMessage, 'id' | 'attempt'>): string => `${id}.${attempt}`;

/** Two results with the same key are one message. */
export const resultKey = ({ id, attempt, state }: CommandResult): string => `${id}.${attempt}.${state}`;
