import type { EventContainer, Liveliness } from './provisioning-event.js';

/** A machine that is silent for longer is no longer alive. */
const DEAD_AFTER_MS = 5 * 60_000;

/**
 * Whether a machine lives, by the age of its last event (reference/10 §6.4): silent machines are Dead, silent allocated
 * ones Unknown, since their operating system may have its reasons. Without any event nothing is said anew.
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
