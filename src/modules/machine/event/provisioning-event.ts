import type { Document } from '../../../shared/document.js';

/**
 * Reports of machines, switches and this server on the progress of a machine towards its operating system
 * (docs/reference/provisioning-events.md#event-types).
 */
export const EVENT_TYPES = [
  'PXE Booting',
  'Preparing',
  'Registering',
  'Waiting',
  'Installing',
  'Booting New Kernel',
  'Phoned Home',
  'Planned Reboot',
  'Machine Reclaim',
  'Alive',
  'Crashed',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/**
 * Sent by legacy clients only: stops the counting of incomplete cycles. As the newest stored event, it means the
 * initial state.
 */
export const RESET_FAIL_COUNT = 'Reset Fail Count';

export interface ProvisioningEvent {
  readonly time: string;
  readonly event: EventType | typeof RESET_FAIL_COUNT;
  readonly message: string;
}

export type Liveliness = 'Alive' | 'Dead' | 'Unknown';

/** The event log of one machine. A separate document, because it changes twice a minute while its machine does not. */
export interface EventContainer extends Document {
  /** The machine's id. */
  readonly id: string;
  readonly created: string;
  readonly liveliness: Liveliness;
  /** Newest first, at most `MAX_EVENTS`, times never increasing. Never contains `Alive`. */
  readonly events: readonly ProvisioningEvent[];
  /** Time of the last event that was not ignored, stored or not; never earlier than the newest stored one. */
  readonly lastEventTime: string | undefined;
  /** Never cleared. */
  readonly lastErrorEvent: ProvisioningEvent | undefined;
  readonly crashLoop: boolean;
  /** The machine phones home although it was freed. */
  readonly failedMachineReclaim: boolean;
}

/** Maximum number of events in a container. */
export const MAX_EVENTS = 100;

export const isEventType = (text: string): text is EventType => (EVENT_TYPES as readonly string[]).includes(text);

/** The container of a machine that has not reported anything yet. */
export const newEventContainer = (id: string, now: string): Omit<EventContainer, 'revision'> => ({
  id,
  created: now,
  liveliness: 'Alive',
  events: [],
  lastEventTime: undefined,
  lastErrorEvent: undefined,
  crashLoop: false,
  failedMachineReclaim: false,
});
