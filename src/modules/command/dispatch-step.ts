import { timestamp } from '../../shared/clock.js';
import { byOrder, commandLabel, isInFlight, isFinal, isReclaim } from './command.js';
import type { Command } from './command.js';

/** How long the journal waits for a report after the deadline for starting the command, in milliseconds. */
export const REPORT_GRACE_MS = 60_000;

/** Validity of a reclaim's message. After that and the grace period, the journal sends another one. */
export const RECLAIM_MESSAGE_MS = 10 * 60_000;

/** The next step for one machine. */
export type DispatchStep =
  | { readonly kind: 'wait' }
  /** The command can no longer be executed, or no agent reported its execution. */
  | { readonly kind: 'end'; readonly command: Command; readonly state: 'failed' | 'expired'; readonly error: string }
  | { readonly kind: 'send'; readonly command: Command }
  /** No agent reported on this message: send another one. */
  | { readonly kind: 'again'; readonly command: Command; readonly error: string };

const WAIT: DispatchStep = { kind: 'wait' };

/**
 * Determines the next step from a machine's commands. Only one command is on the bus at a time; the next one is sent
 * when its predecessor is final. This preserves their order regardless of the bus and of the number of agents.
 * `replica` is the calling process.
 */
export function nextStep(commands: readonly Command[], now: number, replica: string): DispatchStep {
  const open = commands.filter((command) => !isFinal(command)).sort(byOrder);
  const at = timestamp(now);
  const inFlight = open.find(isInFlight);
  return overdue(open, at, now) ?? (inFlight ? flightStep(inFlight, at) : headStep(open, at, replica));
}

function overdue(open: readonly Command[], at: string, now: number): DispatchStep | undefined {
  const lastReport = timestamp(now - REPORT_GRACE_MS);
  for (const command of open) {
    if (command.deadline === undefined) continue;
    if (command.state === 'pending' && command.deadline <= at) return expired(command, open);
    if (isInFlight(command) && command.deadline <= lastReport && !isUnderWay(command, at)) return unreported(command);
  }
  return undefined;
}

/** A command that reports progress may take longer than others. */
const isUnderWay = ({ progress, answerBy }: Command, at: string): boolean =>
  progress !== undefined && isAfter(answerBy, at);

function expired(command: Command, open: readonly Command[]): DispatchStep {
  const before = open.find((other) => other.order < command.order);
  const why = before ? `waited for ${commandLabel(before)} (${before.id})` : command.error || 'its turn never came';
  return end(command, 'expired', `not sent before its deadline ${command.deadline}: ${why}`);
}

function unreported(command: Command): DispatchStep {
  const what = command.state === 'delivered' ? 'the agent began but did not report' : 'no agent reported';
  return end(command, 'expired', `${what} by ${command.deadline}; whether it was executed is unknown`);
}

function flightStep(command: Command, at: string): DispatchStep {
  if (command.deadline !== undefined || isAfter(command.answerBy, at)) return WAIT;
  return { kind: 'again', command, error: `no agent reported on attempt ${command.attempt}` };
}

function headStep(open: readonly Command[], at: string, replica: string): DispatchStep {
  const [head, ...later] = open;
  if (!head) return WAIT;
  const newer = isReclaim(head) && later.find(isReclaim);
  if (newer) return end(head, 'failed', `superseded by reclaim ${newer.id}`);
  if (isAfter(head.notBefore, at)) return WAIT;
  if (head.claim && head.claim.owner !== replica && head.claim.until > at) return WAIT;
  return { kind: 'send', command: head };
}

const isAfter = (time: string | undefined, at: string): boolean => time !== undefined && time > at;

const end = (command: Command, state: 'failed' | 'expired', error: string): DispatchStep => ({
  kind: 'end',
  command,
  state,
  error,
});
