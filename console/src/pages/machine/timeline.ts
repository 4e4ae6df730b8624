import type { ProvisioningEvent } from '../../api/types.js';

/** The events of a machine on its way from power-on to an operating system, in their order. */
export const STAGES = [
  'PXE Booting',
  'Preparing',
  'Registering',
  'Waiting',
  'Installing',
  'Booting New Kernel',
  'Phoned Home',
] as const;

export interface TimelineEntry {
  readonly event: string;
  readonly time: string;
  readonly message: string;
  /** Milliseconds until the next event; undefined for the newest one. */
  readonly lasted: number | undefined;
  /** The server did not expect it here, or the machine reported a crash. */
  readonly isError: boolean;
  /** The first of a new way from power-on. */
  readonly startsCycle: boolean;
}

/** The log, newest first, as entries of the timeline. */
export function timelineOf(log: readonly ProvisioningEvent[]): readonly TimelineEntry[] {
  return log.map(({ event, time = '', message = '' }, index) => {
    const next = log[index - 1];
    return {
      event,
      time,
      message,
      lasted: next?.time === undefined ? undefined : Math.max(0, Date.parse(next.time) - Date.parse(time)),
      isError: event === 'Crashed' || /unexpected/i.test(message),
      startsCycle: event === 'PXE Booting' || (event === 'Preparing' && log[index + 1]?.event !== 'PXE Booting'),
    };
  });
}

/** How many stages in a row the newest cycle has behind it, including the current one. */
export function reachedStage(log: readonly ProvisioningEvent[]): number {
  for (const { event } of log) {
    const stage = (STAGES as readonly string[]).indexOf(event);
    if (stage >= 0) return stage;
    if (event === 'Planned Reboot' || event === 'Machine Reclaim') return -1;
  }
  return -1;
}
