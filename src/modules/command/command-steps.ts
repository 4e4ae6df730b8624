import { timestamp } from '../../shared/clock.js';
import { byOrder, commandTitle, isInFlight, isOver } from './command.js';
import type { Command } from './command.js';

/** How long the journal waits for a report after the agent may no longer begin, in milliseconds. */
export const REPORT_GRACE_MS = 60_000;

/** How long the message of a reclaim is good. After that, with the grace, the journal sends another one. */
export const RECLAIM_MESSAGE_MS = 10 * 60_000;

/** What is to be done next for one machine. */
export type Step =
  | { readonly kind: 'wait' }
  /** The command can no longer be carried out, or nobody said that it was. */
  | { readonly kind: 'end'; readonly command: Command; readonly state: 'failed' | 'expired'; readonly error: string }
  | { readonly kind: 'send'; readonly command: Command }
  /** Nobody reported on this message: make another one. */
  | { readonly kind: 'again'; readonly command: Command; readonly error: string };

const WAIT: Step = { kind: 'wait' };

/**
 * Decides from a machine's commands. Only one is on the bus at a time: the next is sent when the one before is over, so
 * that their order holds whatever the bus, the agents and their number do. `replica` is the process that asks.
 */
export function nextStep(commands: readonly Command[], now: number, replica: string): Step {
  const open = commands.filter((command) => !isOver(command)).sort(byOrder);
  const at = timestamp(now);
  const inFlight = open.find(isInFlight);
  return overdue(open, at, now) ?? (inFlight ? flightStep(inFlight, at) : headStep(open, at, replica));
}

function overdue(open: readonly Command[], at: string, now: number): Step | undefined {
  const lastReport = timestamp(now - REPORT_GRACE_MS);
  for (const command of open) {
    if (command.deadline === '') continue;
    if (command.state === 'pending' && command.deadline <= at) return expired(command, open);
    if (isInFlight(command) && command.deadline <= lastReport) return unreported(command);
  }
  return undefined;
}

function expired(command: Command, open: readonly Command[]): Step {
  const before = open.find((other) => other.order < command.order);
  const why = before ? `waited for ${commandTitle(before)} (${before.id})` : command.error || 'it was never its turn';
  return end(command, 'expired', `not sent before its deadline ${command.deadline}: ${why}`);
}

function unreported(command: Command): Step {
  const what = command.state === 'delivered' ? 'the agent began but did not report' : 'no agent reported';
  return end(command, 'expired', `${what} by ${command.deadline}; whether it was carried out is unknown`);
}

function flightStep(command: Command, at: string): Step {
  if (command.deadline !== '' || command.answerBy > at) return WAIT;
  return { kind: 'again', command, error: `no agent reported on attempt ${command.attempt}` };
}

function headStep(open: readonly Command[], at: string, replica: string): Step {
  const [head, ...later] = open;
  if (!head) return WAIT;
  const newer = head.type === 'delete' && later.find(({ type }) => type === 'delete');
  if (newer) return end(head, 'failed', `superseded by reclaim ${newer.id}`);
  if (head.notBefore > at) return WAIT;
  if (head.claim && head.claim.owner !== replica && head.claim.until > at) return WAIT;
  return { kind: 'send', command: head };
}

const end = (command: Command, state: 'failed' | 'expired', error: string): Step => ({
  kind: 'end',
  command,
  state,
  error,
});
