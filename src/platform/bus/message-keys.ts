import type { CommandMessage, CommandResult } from './bus.js';

/** Commands with the same key are the same message. */
export const commandKey = ({ id, attempt }: Pick<CommandMessage, 'id' | 'attempt'>): string => `${id}.${attempt}`;

/** Results with the same key are the same message. A command may report its progress any number of times. */
export const resultKey = ({ id, attempt, state, message, at }: CommandResult): string =>
  state === 'delivered' && message !== '' ? `${id}.${attempt}.${state}.${at}` : `${id}.${attempt}.${state}`;
