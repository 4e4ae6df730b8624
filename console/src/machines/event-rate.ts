import type { Machine } from '../api/types.js';

const MINUTE = 60_000;

/**
 * How many provisioning events were logged in each of the last `minutes` minutes: their ends in seconds, and the counts. The
 * current minute is the last one. Machines keep their last 100 events, so a machine in a fast loop counts for less.
 */
export function eventsPerMinute(machines: Iterable<Machine>, now: number, minutes: number): [number[], number[]] {
  const end = Math.ceil(now / MINUTE) * MINUTE;
  const start = end - minutes * MINUTE;
  const counts = new Array<number>(minutes).fill(0);
  for (const { events } of machines) {
    for (const { time } of events.log) {
      const at = Date.parse(time ?? '');
      if (!(at >= start)) break; // newest first
      const minute = Math.min(minutes - 1, Math.floor((at - start) / MINUTE));
      counts[minute] = counts[minute]! + 1;
    }
  }
  return [counts.map((_, minute) => (start + (minute + 1) * MINUTE) / 1000), counts];
}
