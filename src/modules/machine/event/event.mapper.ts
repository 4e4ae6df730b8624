import type { MachineRecentProvisioningEvents } from './event.dto.js';
import { unchanging } from '../../../platform/http/wire/json.js';
import { remembered } from '../../../shared/remembered.js';
import { incompleteCycles } from './incomplete-cycles.js';
import type { EventContainer, ProvisioningEvent } from './provisioning-event.js';

/** Events of the log that an answer shows (reference/10 §2.3.6). */
const SHOWN = 20;
const SHOWN_IN_2021 = 5;

export const toEventsResponse = (container: EventContainer): MachineRecentProvisioningEvents => ({
  ...logPart(container.events),
  last_event_time: container.lastEventTime ?? null,
  last_error_event: container.lastErrorEvent,
  crash_loop: container.crashLoop,
  failed_machine_reclaim: container.failedMachineReclaim,
});

/** What the log says; it changes seldom, while machines phone home twice a minute. */
const logPart = remembered((events: readonly ProvisioningEvent[]) => ({
  log: unchanging(events.slice(0, SHOWN)),
  incomplete_provisioning_cycles: incompleteCycles(events),
}));

/** Clients of 2021 get fewer of them from the routes of their time. */
export const toEventsResponseOf2021 = (container: EventContainer): MachineRecentProvisioningEvents => ({
  ...toEventsResponse(container),
  log: container.events.slice(0, SHOWN_IN_2021),
});

/** Of a machine that has never reported. */
export const NO_EVENTS: MachineRecentProvisioningEvents = {
  log: [],
  last_event_time: null,
  crash_loop: false,
  failed_machine_reclaim: false,
  incomplete_provisioning_cycles: '0',
};
