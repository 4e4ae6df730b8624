import type { LedState, Machine, MachineState } from '../../machine.js';

/**
 * Makes the machine available, reserved or locked, whether it is owned or not. Keeps the version of the installer,
 * which registrations report. Does not touch the owner: a machine that is locked while it is allocated stays with its
 * tenant.
 */
export const setState = (machine: Machine, state: Omit<MachineState, 'metalHammerVersion'>): Machine => ({
  ...machine,
  state: { ...machine.state, ...state },
});

/** Records the requested or reported state of the identify LED. */
export const setLed = (machine: Machine, led: LedState): Machine => ({ ...machine, led });
