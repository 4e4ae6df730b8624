import type { Machine } from '../api/types.js';

/** What a machine is doing, as the console shows it: exactly one for each machine. */
export const STATES = [
  { id: 'waiting', label: 'Waiting', symbol: '○', meaning: 'free, and its installer waits for an allocation' },
  { id: 'registering', label: 'Registering', symbol: '◔', meaning: 'free, and on its way to Waiting' },
  { id: 'installing', label: 'Installing', symbol: '◑', meaning: 'allocated, and not yet phoning home' },
  { id: 'allocated', label: 'Allocated', symbol: '■', meaning: 'allocated and running' },
  { id: 'reserved', label: 'Reserved', symbol: 'R', meaning: 'free, but only to be allocated by its ID' },
  { id: 'locked', label: 'Locked', symbol: 'L', meaning: 'neither to be allocated nor freed' },
  { id: 'unknown', label: 'Unknown', symbol: '?', meaning: 'allocated, but silent' },
  { id: 'dead', label: 'Dead', symbol: '✕', meaning: 'free and silent' },
  { id: 'failing', label: 'Failing', symbol: '!', meaning: 'in a crash loop, or phoning home although it was freed' },
] as const;

export type StateId = (typeof STATES)[number]['id'];
export type LifeCycleState = (typeof STATES)[number];

const BY_ID = new Map<string, LifeCycleState>(STATES.map((state) => [state.id, state]));

export const stateById = (id: string): LifeCycleState | undefined => BY_ID.get(id);

/** The state of a machine. What needs attention takes precedence over what it is used for. */
export function stateOf(machine: Machine): LifeCycleState {
  return BY_ID.get(idOf(machine))!;
}

function idOf({ liveliness, events, state, allocation }: Machine): StateId {
  if (liveliness === 'Dead') return 'dead';
  if (liveliness === 'Unknown') return 'unknown';
  const newest = events.log[0]?.event;
  if ((events.crash_loop && newest !== 'Waiting') || events.failed_machine_reclaim) return 'failing';
  if (state.value === 'LOCKED') return 'locked';
  if (state.value === 'RESERVED' && !allocation) return 'reserved';
  if (allocation) return isInstalled(events.log) ? 'allocated' : 'installing';
  return newest === 'Waiting' ? 'waiting' : 'registering';
}

/** Whether the operating system runs, or did before a reboot. */
function isInstalled(log: Machine['events']['log']): boolean {
  const last = log.find(({ event }) => event !== 'Planned Reboot')?.event;
  return last === 'Phoned Home' || last === undefined;
}

/** What people call a machine: its allocation, or its name, or its ID. */
export const nameOf = ({ id, name, allocation }: Machine): string =>
  allocation?.hostname || allocation?.name || name || id;
