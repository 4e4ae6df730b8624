import type { EventContainer, Liveliness } from './provisioning-event.js';

/** A machine that is silent for longer than this, in milliseconds, is not alive. */
const DEAD_AFTER_MS = 5 * 60_000;

/**
 * Derives liveliness from the age of the last event (docs/reference/provisioning-events.md#liveliness): silent
 * machines are Dead; silent allocated ones are Unknown, because their operating system may have a reason to be
 * silent. Without any event, liveliness stays as it is.
 */
export function livelinessOf(
  { lastEventTime, liveliness }: Pick<EventContainer, 'lastEventTime' | 'liveliness'>,
  allocated: boolean,
  now: number,
): Liveliness {
  if (lastEventTime === undefined) return liveliness;
  if (now - Date.parse(lastEventTime) <= DEAD_AFTER_MS) return 'Alive';
  return allocated ? 'Unknown' : 'Dead';
}
