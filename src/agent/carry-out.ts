import type { Bmc, BmcTarget } from './bmc/bmc.js';
import type { Order } from './order.js';

type Action = (bmc: Bmc, target: BmcTarget) => Promise<void>;

/**
 * What each command does (reference/40 §8.3, column of today's metal-bmc). Boot order comes before power, so that an
 * agent that dies in between and begins anew does the same again, at worst one reboot more.
 */
const ACTIONS: Readonly<Record<string, Action>> = {
  ON: (bmc, target) => bmc.power(target, 'on'),
  OFF: (bmc, target) => bmc.power(target, 'off'),
  RESET: (bmc, target) => bmc.power(target, 'reset'),
  CYCLE: (bmc, target) => bmc.power(target, 'cycle'),
  BIOS: (bmc, target) => bmc.boot(target, 'bios'),
  DISK: (bmc, target) => bmc.boot(target, 'disk'),
  PXE: (bmc, target) => bmc.boot(target, 'pxe'),
  'LED-ON': (bmc, target) => bmc.identify(target, true),
  'LED-OFF': (bmc, target) => bmc.identify(target, false),
  REINSTALL: (bmc, target) => bootFromNetwork(bmc, target, 'cycle'),
  delete: (bmc, target) => bootFromNetwork(bmc, target, 'reset'),
};

/** False when this agent does not know the action. */
export const isKnown = ({ action }: Order): boolean => Object.hasOwn(ACTIONS, action);

/** Throws BmcError. */
export async function carryOut(bmc: Bmc, { action, target }: Order): Promise<void> {
  await ACTIONS[action]?.(bmc, target);
}

/** A machine that is off can be neither reset nor cycled: it is switched on. */
async function bootFromNetwork(bmc: Bmc, target: BmcTarget, restart: 'reset' | 'cycle'): Promise<void> {
  await bmc.boot(target, 'pxe');
  await bmc.power(target, (await bmc.isOn(target)) ? restart : 'on');
}
