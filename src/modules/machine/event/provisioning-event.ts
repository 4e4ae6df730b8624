import type { Document } from '../../../shared/document.js';

/** What machines, switches and this server report about the way of a machine to its operating system (reference/10 §6.1). */
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

/** Sent by clients of 2021 only: ends the counting of incomplete cycles. Stored, it means the initial state. */
export const RESET_FAIL_COUNT = 'Reset Fail Count';

export interface ProvisioningEvent {
  readonly time: string;
  readonly event: EventType | typeof RESET_FAIL_COUNT;
  readonly message: string;
}

export type Liveliness = 'Alive' | 'Dead' | 'Unknown';

/** The event log of one machine. A document of its own, because it changes twice a minute and its machine does not. */
export interface EventContainer extends Document {
  /** The machine's id. */
  readonly id: string;
  readonly created: string;
  readonly liveliness: Liveliness;
  /** Newest first, at most `MAX_EVENTS`, times never increasing. `Alive` is never among them. */
  readonly events: readonly ProvisioningEvent[];
  /** Of the last event that counted, stored or not; never before the newest stored one. */
  readonly lastEventTime: string | undefined;
  /** Never cleared. */
  readonly lastErrorEvent: ProvisioningEvent | undefined;
  readonly crashLoop: boolean;
  /** It phones home although it was given back. */
  readonly failedMachineReclaim: boolean;
}

/** Events that a container keeps. */
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
