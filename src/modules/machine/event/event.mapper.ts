import type { MachineRecentProvisioningEvents } from './event.dto.js';
import { incompleteCycles } from './incomplete-cycles.js';
import type { EventContainer } from './provisioning-event.js';

/** Events of the log that an answer shows (reference/10 §2.3.6). */
const SHOWN = 20;

export const toEventsResponse = (container: EventContainer): MachineRecentProvisioningEvents => ({
  log: container.events.slice(0, SHOWN),
  last_event_time: container.lastEventTime ?? null,
  last_error_event: container.lastErrorEvent,
  crash_loop: container.crashLoop,
  failed_machine_reclaim: container.failedMachineReclaim,
  incomplete_provisioning_cycles: incompleteCycles(container.events),
});

/** Of a machine that has never reported. */
export const NO_EVENTS: MachineRecentProvisioningEvents = {
  log: [],
  last_event_time: null,
  crash_loop: false,
  failed_machine_reclaim: false,
  incomplete_provisioning_cycles: '0',
};
