import type { Content } from '../../shared/document.js';
import {
  isEventType,
  RESET_FAIL_COUNT,
  type EventContainer,
  type Liveliness,
  type ProvisioningEvent,
} from '../../modules/machine/event/provisioning-event.js';
import { flag, instant, moment, part, parts, text } from '../fields.js';
import type { Notes } from '../notes.js';
import type { OldRow } from '../sources/source.js';

export function eventsOf(row: OldRow, notes: Notes): Content<EventContainer> {
  const id = text(row, 'id');
  const all = parts(row, 'events').map(eventOf);
  const known = all.filter(isKnown);
  const lost = all.filter((event) => !isKnown(event)).map(({ event }) => event);
  if (lost.length > 0) notes.inconsistent('event-unknown-type', [`machine ${id}`], [...new Set(lost)].join(', '));
  const error = part(row, 'last_error_event');
  return {
    id,
    created: moment(row, 'created'),
    liveliness: (text(row, 'liveliness') || 'Unknown') as Liveliness,
    events: known,
    lastEventTime: instant(row, 'last_event_time'),
    lastErrorEvent: error && eventOf(error),
    crashLoop: flag(row, 'crash_loop'),
    failedMachineReclaim: flag(row, 'failed_machine_reclaim'),
  };
}

const eventOf = (row: OldRow): ProvisioningEvent => ({
  time: moment(row, 'time'),
  event: text(row, 'event') as ProvisioningEvent['event'],
  message: text(row, 'message'),
});

const isKnown = ({ event }: ProvisioningEvent): boolean => isEventType(event) || event === RESET_FAIL_COUNT;
