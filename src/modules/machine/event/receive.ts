import type { Content } from '../../../shared/document.js';
import { timestamp } from '../../../shared/clock.js';
import { cleaned, MAX_DEVICE_MESSAGE } from '../../../shared/text.js';
import { isLogged, ruleFor, stateOf } from './lifecycle.js';
import type { Rule, State } from './lifecycle.js';
import { MAX_EVENTS } from './provisioning-event.js';
import type { EventContainer, EventType, ProvisioningEvent } from './provisioning-event.js';

/** Phoned Home within this time after another event may stem from a buffer in a switch. */
export const LATE_WINDOW_MS = 5 * 60_000;

export interface IncomingEvent {
  /** When this server received it, in milliseconds: what clients say about the time is not trusted. */
  readonly time: number;
  readonly event: EventType;
  readonly message: string;
}

type Container = Content<EventContainer>;

/**
 * The container after an event: one step through the lifecycle. Pure. Returns `container` itself when the event is to
 * be ignored. Times in the log never go back: an event that a replica with a slow clock received counts as
 * simultaneous with the newest one, instead of getting lost.
 */
export function receive<C extends Container>(container: C, incoming: IncomingEvent): C {
  const state = stateOf(container);
  const rule = ruleFor(incoming.event, state);
  if (isIgnored(rule, container.lastEventTime, incoming.time)) return container;
  const event = asStored(incoming, rule, state, container.lastEventTime);
  return {
    ...container,
    liveliness: 'Alive',
    lastEventTime: event.time,
    events: isLogged(rule) ? [event, ...container.events].slice(0, MAX_EVENTS) : container.events,
    lastErrorEvent: isError(rule) ? event : container.lastErrorEvent,
    crashLoop: rule.crashLoop ?? container.crashLoop,
    failedMachineReclaim: rule.failedReclaim ?? container.failedMachineReclaim,
  };
}

/** True when the step from `before` to `after` changed nothing but the signs of life. */
export const isTouch = (before: Container, after: Container): boolean =>
  before.events === after.events &&
  before.lastErrorEvent === after.lastErrorEvent &&
  before.crashLoop === after.crashLoop &&
  before.failedMachineReclaim === after.failedMachineReclaim;

function isIgnored({ window }: Rule, lastEventTime: string | undefined, time: number): boolean {
  if (window === undefined) return false;
  const age = lastEventTime === undefined ? undefined : time - Date.parse(lastEventTime);
  if (window === 'ignore-late') return age !== undefined && age < LATE_WINDOW_MS;
  return age === undefined || age <= LATE_WINDOW_MS;
}

function asStored(incoming: IncomingEvent, rule: Rule, state: State, last: string | undefined): ProvisioningEvent {
  const time = Math.max(incoming.time, last === undefined ? 0 : Date.parse(last));
  const text = cleaned(incoming.message, MAX_DEVICE_MESSAGE);
  const message = isUnexpected(rule) ? unexpected(state, text) : text;
  return { time: timestamp(time), event: incoming.event, message };
}

const isUnexpected = ({ effect }: Rule): boolean => effect === 'unexpected' || effect === 'unexpected-unlogged';
const isError = (rule: Rule): boolean => isUnexpected(rule) || rule.effect === 'crash';

/** Operators look for exactly this prefix (reference/10 §6.2). */
const unexpected = (state: State, message: string): string =>
  `[unexpectedly received in state ${state}]${message === '' ? '' : `: ${message}`}`;
