import type { MachineRecentProvisioningEvents } from './event.dto.js';
import { incompleteCycles } from './incomplete-cycles.js';
import type { EventContainer } from './provisioning-event.js';

/** Maximum number of logged events in a response (docs/reference/machine-model.md#events). */
const SHOWN = 20;
const SHOWN_IN_2021 = 5;

export const toEventsResponse = (container: EventContainer): MachineRecentProvisioningEvents => ({
  log: container.events.slice(0, SHOWN),
  incomplete_provisioning_cycles: incompleteCycles(container.events),
  last_event_time: container.lastEventTime ?? null,
  last_error_event: container.lastErrorEvent,
  crash_loop: container.crashLoop,
  failed_machine_reclaim: container.failedMachineReclaim,
});

/** Legacy routes return fewer events. */
export const toLegacyEventsResponse = (container: EventContainer): MachineRecentProvisioningEvents => ({
  ...toEventsResponse(container),
  log: container.events.slice(0, SHOWN_IN_2021),
});

/** The events of a machine that has never reported. */
export const NO_EVENTS: MachineRecentProvisioningEvents = {
  log: [],
  last_event_time: null,
  crash_loop: false,
  failed_machine_reclaim: false,
  incomplete_provisioning_cycles: '0',
};
