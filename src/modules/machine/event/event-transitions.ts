import type { Content } from '../../../shared/document.js';
import { timestamp } from '../../../shared/clock.js';
import { sanitizeText, MAX_DEVICE_MESSAGE } from '../../../shared/text.js';
import { isLogged, ruleFor, stateOf } from './lifecycle.js';
import type { Rule, State } from './lifecycle.js';
import { MAX_EVENTS, RESET_FAIL_COUNT } from './provisioning-event.js';
import type { EventContainer, EventType, Liveliness, ProvisioningEvent } from './provisioning-event.js';

/** A Phoned Home within this time after another event may have been delayed by a switch's buffer. */
export const LATE_WINDOW_MS = 5 * 60_000;

export interface IncomingEvent {
  /** Time of receipt by this server, in milliseconds; timestamps of clients are not trusted. */
  readonly time: number;
  readonly event: EventType;
  readonly message: string;
}

type Container = Content<EventContainer>;

/**
 * Applies an event to the container: one step through the lifecycle. Pure. Returns `container` itself if the event is
 * ignored. Times in the log never decrease: an event received by a replica with a slow clock gets the time of the
 * newest one instead of being lost.
 */
export function applyEvent<C extends Container>(container: C, incoming: IncomingEvent): C {
  const state = stateOf(container);
  const rule = ruleFor(incoming.event, state);
  if (isIgnored(rule, container.lastEventTime, incoming.time)) return container;
  const event = asStored(incoming, rule, state, container.lastEventTime);
  return {
    ...container,
    liveliness: 'Alive',
    lastEventTime: event.time,
    events: isLogged(rule) ? [event, ...container.events].slice(0, MAX_EVENTS) : container.events,
    ...(isError(rule) && { lastErrorEvent: event }),
    crashLoop: rule.crashLoop ?? container.crashLoop,
    failedMachineReclaim: rule.failedReclaim ?? container.failedMachineReclaim,
  };
}

/**
 * Handles the event `Reset Fail Count` of legacy clients: ends a crash loop and restarts the lifecycle. A planned
 * reboot has the same effect on log and flags; only the name differs.
 */
export function resetFailCount<C extends Container>(container: C, time: number, message: string): C {
  const after = applyEvent(container, { time, event: 'Planned Reboot', message });
  const [newest, ...older] = after.events;
  return { ...after, events: [{ ...newest!, event: RESET_FAIL_COUNT }, ...older] };
}

/**
 * Notes an error without affecting lifecycle or liveliness. Returns the same object if the last error is of the same
 * type and younger than `interval` milliseconds at `time`.
 */
export function noteError<C extends Container>(
  container: C,
  { time, event, message }: IncomingEvent,
  interval: number,
): C {
  const last = container.lastErrorEvent;
  if (last?.event === event && time - Date.parse(last.time) < interval) return container;
  const text = sanitizeText(message, MAX_DEVICE_MESSAGE);
  return { ...container, lastErrorEvent: { time: timestamp(time), event, message: text } };
}

/** Stores what an evaluation found out; returns the same object if nothing changes. */
export const setLiveliness = <C extends Container>(container: C, liveliness: Liveliness): C =>
  liveliness === container.liveliness ? container : { ...container, liveliness };

/** True if the step from `before` to `after` only refreshed the machine's liveliness. */
export const isHeartbeat = (before: Container, after: Container): boolean =>
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
  const text = sanitizeText(incoming.message, MAX_DEVICE_MESSAGE);
  const message = isUnexpected(rule) ? unexpected(state, text) : text;
  return { time: timestamp(time), event: incoming.event, message };
}

const isUnexpected = ({ effect }: Rule): boolean => effect === 'unexpected' || effect === 'unexpected-unlogged';
const isError = (rule: Rule): boolean => isUnexpected(rule) || rule.effect === 'crash';

/** Operators search for exactly this prefix (docs/reference/provisioning-events.md#lifecycle-table). */
const unexpected = (state: State, message: string): string =>
  `[unexpectedly received in state ${state}]${message === '' ? '' : `: ${message}`}`;
