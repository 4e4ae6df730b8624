import { timestamp } from '../../shared/clock.js';
import { sanitizeText } from '../../shared/text.js';
import { isInFlight, isFinal, isReclaim } from './command.js';
import type { Command, CommandState, DeliverableRequest } from './command.js';
import { RECLAIM_MESSAGE_MS, REPORT_GRACE_MS } from './dispatch-step.js';

/** An agent's report; the part of the bus's result that the journal stores. */
export interface CommandReport {
  readonly attempt: number;
  readonly state: 'delivered' | 'done' | 'failed' | 'expired';
  readonly message: string;
}

/** How long a replica may take to send a command before another one takes over, in milliseconds. */
const CLAIM_MS = 10_000;

/** Silence after a report of progress that ends a command, in milliseconds. Agents report every minute. */
const PROGRESS_MS = 5 * 60_000;
const MAX_PROGRESS = 500;

const FIRST_RETRY_MS = 15_000;
const LAST_RETRY_MS = 10 * 60_000;
const FIRST_RESEND_MS = 500;
const LAST_RESEND_MS = 15_000;

/**
 * Creates a new entry. `order` sorts it after all existing ones; `sender` is the replica to which its sending is assigned
 * from the start; `timeout` in milliseconds, for commands that can expire.
 */
export function newCommand(
  request: DeliverableRequest & { readonly id: string },
  {
    order,
    after,
    sender,
  }: { readonly order: string; readonly after: string | undefined; readonly sender?: string | undefined },
  now: number,
  timeout: number,
): Omit<Command, 'revision'> {
  const at = timestamp(now);
  const { id, machine, partition, kind, params = [], firmware, issuer = '' } = request;
  const type: Command['type'] = kind === 'reclaim' ? 'delete' : kind;
  const { command } = request;
  const deadline = kind === 'reclaim' ? undefined : timestamp(now + timeout);
  const told = { id, machine, partition, type, command, params, firmware, issuer };
  const claim = sender === undefined ? undefined : claimOf(sender, now);
  const empty = { attempt: 1, error: undefined, notBefore: undefined, answerBy: undefined };
  return { ...told, order, after, ...empty, claim, state: 'pending', deadline, created: at, changed: at };
}

/** Assigns the sending of the command to a replica. */
export const claimForSending = (command: Command, owner: string, now: number): Command => ({
  ...command,
  claim: claimOf(owner, now),
  changed: timestamp(now),
});

const claimOf = (owner: string, now: number): Command['claim'] => ({ owner, until: timestamp(now + CLAIM_MS) });

/** Whether the sending is assigned to `owner` for long enough to send now. */
export const isClaimedFor = ({ claim }: Command, owner: string, now: number): boolean =>
  claim?.owner === owner && claim.until > timestamp(now + CLAIM_MS / 2);

/** The bus has accepted the message. A report may have arrived before. */
export function markPublished(command: Command, attempt: number, now: number): Command {
  if (command.state !== 'pending' || command.attempt !== attempt) return command;
  // The previous failure of a reclaim stays visible until the reclaim is done.
  const error = attempt > 1 ? command.error : undefined;
  return { ...command, state: 'published', claim: undefined, error, answerBy: answerBy(now), changed: timestamp(now) };
}

/** Time until which the agent may report on a message sent now. */
const answerBy = (now: number): string => timestamp(now + RECLAIM_MESSAGE_MS + REPORT_GRACE_MS);

/** The bus did not accept the message: retries shortly, backing off the longer the failure lasts. */
export function deferSending(command: Command, error: string, now: number): Command {
  if (command.state !== 'pending') return command;
  const waiting = now - Date.parse(command.created);
  const delay = Math.min(LAST_RESEND_MS, Math.max(FIRST_RESEND_MS, waiting / 4));
  return { ...command, claim: undefined, error, notBefore: timestamp(now + delay), changed: timestamp(now) };
}

/** Ends the command without success; a command in a final state stays as it is. */
export function markFinal(command: Command, state: 'failed' | 'expired', error: string, now: number): Command {
  return isFinal(command) ? command : over(command, state, error, now);
}

/** Schedules another message for the same command. */
export function scheduleRetry(command: Command, error: string, delay: number, now: number): Command {
  if (!isInFlight(command) && command.state !== 'pending') return command;
  const notBefore = timestamp(now + delay);
  const attempt = command.attempt + 1;
  return { ...command, state: 'pending', attempt, error, notBefore, claim: undefined, changed: timestamp(now) };
}

/** Pause before the next attempt of a reclaim that failed: 15 s, doubled each time, at most 10 min. */
export const retryDelay = (attempt: number): number => Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1));

/**
 * Applies an agent's report to the command. A repeated report changes nothing. A reclaim is retried indefinitely: a
 * machine that never returns to PXE is lost to the fleet.
 */
export function applyCommandReport(command: Command, report: CommandReport, now: number): Command {
  const { state, attempt, message } = report;
  if (command.state === 'done' || command.state === 'failed') return command;
  if (state === 'done') return over(withProgress(command, message), 'done', undefined, now);
  if (attempt !== command.attempt) return command;
  if (state === 'delivered' && command.state === 'expired') return command;
  if (state === 'delivered') return message === '' ? began(command, now) : advanced(command, message, now);
  if (command.state === 'expired') return state === 'failed' ? over(command, 'failed', message, now) : command;
  if (!isReclaim(command)) return over(command, state, message, now);
  return scheduleRetry(command, message, state === 'expired' ? 0 : retryDelay(attempt), now);
}

/** An agent may begin before the journal knows that the message was published: then its time starts now. */
function began(command: Command, now: number): Command {
  if (command.state === 'delivered') return command;
  const until = command.state === 'pending' ? answerBy(now) : command.answerBy;
  return { ...command, state: 'delivered', claim: undefined, answerBy: until, changed: timestamp(now) };
}

/** A command that reports progress is known to be under way and does not expire as long as it does. */
function advanced(command: Command, progress: string, now: number): Command {
  const answerBy = timestamp(now + PROGRESS_MS);
  const underWay = { ...command, state: 'delivered', error: undefined, claim: undefined, answerBy } as const;
  return { ...withProgress(underWay, progress), changed: timestamp(now) };
}

const withProgress = (command: Command, progress: string): Command =>
  progress === '' ? command : { ...command, progress: sanitizeText(progress, MAX_PROGRESS) };

const over = (command: Command, state: CommandState, error: string | undefined, now: number): Command => ({
  ...command,
  state,
  error,
  claim: undefined,
  changed: timestamp(now),
});
