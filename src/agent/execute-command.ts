import { BmcError } from './bmc/bmc-driver.js';
import type { BmcDriver, BmcTarget, BootDevice, ReportProgress } from './bmc/bmc-driver.js';
import type { AgentCommand } from './agent-command.js';

/** What long actions need. */
export interface ExecutionContext {
  readonly progress: ReportProgress;
  /** Aborted when the agent stops. */
  readonly signal: AbortSignal;
}

type Action = (bmc: BmcDriver, target: BmcTarget) => Promise<void>;

type CommandAction = (bmc: BmcDriver, command: AgentCommand, context: ExecutionContext) => Promise<void>;

/** With `OFF`: the operating system is asked to shut down, and nothing else happens if it does not. */
const GRACEFUL = 'graceful';
/** With `PXE`, `DISK` and `BIOS`: for the next boot only, or for all boots. */
const ONCE = 'once';
const CONTINUOUS = 'continuous';

/**
 * The BMC operations of each command (docs/reference/partition-services.md#actions-of-commands, column of today's
 * metal-bmc). The boot device is set before the power changes: if the agent dies in between, running the command again
 * has the same result, at the cost of one more reboot at worst.
 */
const ACTIONS: Readonly<Record<string, CommandAction>> = {
  ON: (bmc, { target }) => turn(bmc, target, 'on'),
  OFF: (bmc, { target, params }) => (params.includes(GRACEFUL) ? shutDown(bmc, target) : turn(bmc, target, 'off')),
  RESET: (bmc, { target }) => reset(bmc, target),
  CYCLE: (bmc, { target }) => cycle(bmc, target),
  BIOS: bootFrom('bios'),
  DISK: bootFrom('disk'),
  PXE: bootFrom('pxe'),
  'LED-ON': (bmc, { target }) => bmc.setIdentifyLed(target, true),
  'LED-OFF': (bmc, { target }) => bmc.setIdentifyLed(target, false),
  REINSTALL: (bmc, { target }) => bootFromNetwork(bmc, target, cycle),
  RECLAIM: (bmc, { target }) => bootFromNetwork(bmc, target, resetOrTurnOn),
  'UPDATE-FIRMWARE': (bmc, { target, image }, { progress, signal }) =>
    bmc.updateFirmware(target, image!, progress, signal),
};

/** Whether this agent knows the action. */
export const isSupportedAction = (action: string): boolean => Object.hasOwn(ACTIONS, action);

/** Throws BmcError. */
export async function executeCommand(bmc: BmcDriver, command: AgentCommand, context: ExecutionContext): Promise<void> {
  await ACTIONS[command.action]?.(bmc, command, context);
}

function bootFrom(device: BootDevice): CommandAction {
  return (bmc, { target, params }) => {
    const wanted = ([ONCE, CONTINUOUS] as const).find((persistence) => params.includes(persistence));
    return bmc.setBootDevice(target, device, wanted);
  };
}

/** A machine that is off already is a success; most BMCs refuse to shut it down. */
async function shutDown(bmc: BmcDriver, target: BmcTarget): Promise<void> {
  if (await bmc.isOn(target)) await bmc.power(target, 'soft');
}

/** Some BMCs refuse an action that changes nothing: if the power is already in the wanted state, that is a success. */
async function turn(bmc: BmcDriver, target: BmcTarget, wanted: 'on' | 'off'): Promise<void> {
  try {
    await bmc.power(target, wanted);
  } catch (error) {
    if (!isRefusal(error) || (await bmc.isOn(target)) !== (wanted === 'on')) throw error;
  }
}

/** Powers on a machine that is off, because a power cycle ends with the machine on. */
async function cycle(bmc: BmcDriver, target: BmcTarget): Promise<void> {
  if (!(await bmc.isOn(target))) return turn(bmc, target, 'on');
  try {
    await bmc.power(target, 'cycle');
  } catch (error) {
    // The machine may have powered off in the meantime.
    if (!isRefusal(error) || (await bmc.isOn(target))) throw error;
    await turn(bmc, target, 'on');
  }
}

/** Restarts a running machine. Throws BmcError `state` if the machine is off, instead of doing something else. */
async function reset(bmc: BmcDriver, target: BmcTarget): Promise<void> {
  if (await bmc.isOn(target)) return bmc.power(target, 'reset');
  throw new BmcError('state', 'the machine is off and cannot be reset; power it on instead');
}

const resetOrTurnOn: Action = async (bmc, target) =>
  (await bmc.isOn(target)) ? bmc.power(target, 'reset') : turn(bmc, target, 'on');

async function bootFromNetwork(bmc: BmcDriver, target: BmcTarget, restart: Action): Promise<void> {
  await bmc.setBootDevice(target, 'pxe');
  await restart(bmc, target);
}

const isRefusal = (error: unknown): boolean => error instanceof BmcError && error.failure === 'refused';
