import { RESET_FAIL_COUNT } from './provisioning-event.js';
import type { ProvisioningEvent } from './provisioning-event.js';

type Logged = ProvisioningEvent['event'];

/** How far back clients of 2021 expect the count to look. */
const HORIZON = 14;

/** The count ends at these: what came before belongs to an earlier life. */
const TERMINATING: readonly Logged[] = ['Planned Reboot', 'Machine Reclaim', RESET_FAIL_COUNT, 'Phoned Home'];

const BOOT_SEQUENCE: readonly Logged[] = [
  'PXE Booting',
  'Preparing',
  'Registering',
  'Waiting',
  'Installing',
  'Booting New Kernel',
  'Phoned Home',
];

const RESTART: readonly Logged[] = ['PXE Booting', 'Preparing'];

/** Which event may follow which in an undisturbed life (reference/10 §11.4). */
const SUCCESSORS: Readonly<Record<Logged, readonly Logged[]>> = {
  'Planned Reboot': RESTART,
  'Machine Reclaim': RESTART,
  'PXE Booting': RESTART,
  Preparing: ['Registering', 'Planned Reboot', 'Machine Reclaim'],
  Registering: ['Waiting', 'Planned Reboot', 'Machine Reclaim'],
  Waiting: ['Installing', 'Planned Reboot', 'Machine Reclaim'],
  Installing: ['Booting New Kernel', 'Planned Reboot', 'Machine Reclaim'],
  'Booting New Kernel': ['Phoned Home'],
  'Phoned Home': RESTART,
  Crashed: RESTART,
  [RESET_FAIL_COUNT]: BOOT_SEQUENCE,
  Alive: [],
};

/**
 * How often a machine fell out of its boot sequence since it last was well, as text: `0`, `3`, `at least 3` when the
 * count did not reach an end. Read by metalctl of 2021 (reference/10 §11.4). `events` newest first.
 */
export function incompleteCycles(events: readonly ProvisioningEvent[]): string {
  const seen = events.slice(0, HORIZON);
  const end = seen.findIndex(({ event }) => TERMINATING.includes(event));
  const counted = end < 0 ? seen : seen.slice(0, end + 1);
  const breaks = counted.filter(({ event }, index) => {
    const newer = counted[index - 1];
    return newer !== undefined && !SUCCESSORS[event]?.includes(newer.event);
  }).length;
  const open = end < 0 && seen.length === HORIZON;
  return breaks > 0 && open ? `at least ${breaks}` : String(breaks);
}
