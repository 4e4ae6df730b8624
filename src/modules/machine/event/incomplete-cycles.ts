import { RESET_FAIL_COUNT } from './provisioning-event.js';
import type { ProvisioningEvent } from './provisioning-event.js';

type Logged = ProvisioningEvent['event'];

/** Number of events that legacy clients expect to be considered. */
const HORIZON = 14;

/** Counting stops at these events: earlier ones belong to an earlier provisioning. */
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

/**
 * Events that may follow an event in an undisturbed lifecycle
 * (docs/reference/machine-legacy.md#incomplete-provisioning-cycles).
 */
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
 * The number of times that a machine left its boot sequence since it was last healthy, as text: `0`, `3`, or `at
 * least 3` if counting did not reach a terminating event. Read by legacy metalctl
 * (docs/reference/machine-legacy.md#incomplete-provisioning-cycles). `events` are ordered newest first.
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
