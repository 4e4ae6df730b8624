import { BmcError } from './bmc/bmc.js';
import type { Bmc, BmcTarget } from './bmc/bmc.js';
import type { Order } from './order.js';

type Action = (bmc: Bmc, target: BmcTarget) => Promise<void>;

/**
 * What each command does (reference/40 §8.3, column of today's metal-bmc). Boot order comes before power, so that an
 * agent that dies in between and begins anew does the same again, at worst one reboot more.
 */
const ACTIONS: Readonly<Record<string, Action>> = {
  ON: (bmc, target) => turn(bmc, target, 'on'),
  OFF: (bmc, target) => turn(bmc, target, 'off'),
  RESET: reset,
  CYCLE: cycle,
  BIOS: (bmc, target) => bmc.boot(target, 'bios'),
  DISK: (bmc, target) => bmc.boot(target, 'disk'),
  PXE: (bmc, target) => bmc.boot(target, 'pxe'),
  'LED-ON': (bmc, target) => bmc.identify(target, true),
  'LED-OFF': (bmc, target) => bmc.identify(target, false),
  REINSTALL: (bmc, target) => bootFromNetwork(bmc, target, cycle),
  delete: (bmc, target) => bootFromNetwork(bmc, target, resetOrTurnOn),
};

/** False when this agent does not know the action. */
export const isKnown = (action: string): boolean => Object.hasOwn(ACTIONS, action);

/** Throws BmcError. */
export async function carryOut(bmc: Bmc, { action, target }: Order): Promise<void> {
  await ACTIONS[action]?.(bmc, target);
}

/** Some BMCs refuse to do what is done already: a machine in the wanted state is a success. */
async function turn(bmc: Bmc, target: BmcTarget, wanted: 'on' | 'off'): Promise<void> {
  try {
    await bmc.power(target, wanted);
  } catch (error) {
    if (!isRefusal(error) || (await bmc.isOn(target)) !== (wanted === 'on')) throw error;
  }
}

/** A machine that is off is switched on: that is where a cycle ends. */
async function cycle(bmc: Bmc, target: BmcTarget): Promise<void> {
  if (!(await bmc.isOn(target))) return turn(bmc, target, 'on');
  try {
    await bmc.power(target, 'cycle');
  } catch (error) {
    // It may have gone off in between.
    if (!isRefusal(error) || (await bmc.isOn(target))) throw error;
    await turn(bmc, target, 'on');
  }
}

/** A reset restarts what runs: of a machine that is off it is refused rather than turned into something else. */
async function reset(bmc: Bmc, target: BmcTarget): Promise<void> {
  if (await bmc.isOn(target)) return bmc.power(target, 'reset');
  throw new BmcError('state', 'the machine is off and cannot be reset; power it on instead');
}

const resetOrTurnOn: Action = async (bmc, target) =>
  (await bmc.isOn(target)) ? bmc.power(target, 'reset') : turn(bmc, target, 'on');

async function bootFromNetwork(bmc: Bmc, target: BmcTarget, restart: Action): Promise<void> {
  await bmc.boot(target, 'pxe');
  await restart(bmc, target);
}

const isRefusal = (error: unknown): boolean => error instanceof BmcError && error.failure === 'refused';
