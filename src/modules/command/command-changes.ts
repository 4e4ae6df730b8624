import { timestamp } from '../../shared/clock.js';
import { isInFlight, isOver } from './command.js';
import type { Command, CommandOrder, CommandState } from './command.js';
import { RECLAIM_MESSAGE_MS, REPORT_GRACE_MS } from './command-steps.js';

/** What an agent reports; the part of the bus's result that the journal stores. */
export interface Report {
  readonly attempt: number;
  readonly state: 'delivered' | 'done' | 'failed' | 'expired';
  readonly message: string;
}

/** How long a replica may take to send a command before another one does, in milliseconds. */
const CLAIM_MS = 10_000;

const FIRST_RETRY_MS = 15_000;
const LAST_RETRY_MS = 10 * 60_000;
const FIRST_RESEND_MS = 500;
const LAST_RESEND_MS = 15_000;

/** A new entry. `order` places it behind those that exist; `timeout` in milliseconds, for commands that can expire. */
export function newCommand(
  spec: CommandOrder & { readonly id: string },
  place: { readonly order: string; readonly after: string },
  now: number,
  timeout: number,
): Omit<Command, 'revision'> {
  const at = timestamp(now);
  const { id, machine, partition, type, params = [], firmware, issuer = '' } = spec;
  const command: Command['command'] = spec.command ?? '';
  const deadline = type === 'delete' ? '' : timestamp(now + timeout);
  const told = { id, machine, partition, type, command, params, firmware, issuer };
  const empty = { attempt: 1, error: '', notBefore: '', claim: undefined, answerBy: '' };
  return { ...told, ...place, ...empty, state: 'pending', deadline, created: at, changed: at };
}

/** The replica takes it upon itself to send the command. */
export const claimed = (command: Command, owner: string, now: number): Command => ({
  ...command,
  claim: { owner, until: timestamp(now + CLAIM_MS) },
  changed: timestamp(now),
});

/** The bus has it. An answer may have come before. */
export function sent(command: Command, attempt: number, now: number): Command {
  if (command.state !== 'pending' || command.attempt !== attempt) return command;
  // What went wrong with a reclaim before stays visible until it is done.
  const error = attempt > 1 ? command.error : '';
  return { ...command, state: 'published', claim: undefined, error, answerBy: answerBy(now), changed: timestamp(now) };
}

/** Until when the agent may report on a message that is out now. */
const answerBy = (now: number): string => timestamp(now + RECLAIM_MESSAGE_MS + REPORT_GRACE_MS);

/** The bus did not take it: again in a moment, the longer it lasts the later. */
export function unsent(command: Command, error: string, now: number): Command {
  if (command.state !== 'pending') return command;
  const waiting = now - Date.parse(command.created);
  const delay = Math.min(LAST_RESEND_MS, Math.max(FIRST_RESEND_MS, waiting / 4));
  return { ...command, claim: undefined, error, notBefore: timestamp(now + delay), changed: timestamp(now) };
}

/** Without success; what is over already stays as it is. */
export function ended(command: Command, state: 'failed' | 'expired', error: string, now: number): Command {
  return isOver(command) ? command : over(command, state, error, now);
}

/** Another message for the same command. */
export function again(command: Command, error: string, delay: number, now: number): Command {
  if (!isInFlight(command) && command.state !== 'pending') return command;
  const notBefore = timestamp(now + delay);
  const attempt = command.attempt + 1;
  return { ...command, state: 'pending', attempt, error, notBefore, claim: undefined, changed: timestamp(now) };
}

/** Pause before the next attempt of a reclaim that failed: 15 s, doubled each time, at most 10 min. */
export const retryDelay = (attempt: number): number => Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1));

/**
 * What an agent's report makes of the command. The same report again changes nothing. A reclaim is not given up: a
 * machine that never returns to PXE is lost to the fleet.
 */
export function reported(command: Command, report: Report, now: number): Command {
  const { state, attempt, message } = report;
  if (command.state === 'done' || command.state === 'failed') return command;
  if (state === 'done') return over(command, 'done', '', now);
  if (attempt !== command.attempt) return command;
  if (state === 'delivered') return command.state === 'expired' ? command : began(command, now);
  if (command.state === 'expired') return state === 'failed' ? over(command, 'failed', message, now) : command;
  if (command.type !== 'delete') return over(command, state, message, now);
  return again(command, message, state === 'expired' ? 0 : retryDelay(attempt), now);
}

/** An agent may begin before the journal knows that the message is out: then its time begins here. */
function began(command: Command, now: number): Command {
  if (command.state === 'delivered') return command;
  const until = command.state === 'pending' ? answerBy(now) : command.answerBy;
  return { ...command, state: 'delivered', claim: undefined, answerBy: until, changed: timestamp(now) };
}

const over = (command: Command, state: CommandState, error: string, now: number): Command => ({
  ...command,
  state,
  error,
  claim: undefined,
  changed: timestamp(now),
});
