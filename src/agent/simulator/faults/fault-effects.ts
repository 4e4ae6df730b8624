import { sleep } from '../../../shared/concurrency/timers.js';
import type { RestClient } from '../../rest-client.js';
import { nextMac } from '../hardware-names.js';
import type { SimulatedMachine } from '../simulated-machine.js';
import type { SimulatedPartition } from '../simulated-partition.js';
import type { SimulatedSwitch } from '../simulated-switch.js';
import type { Fault, FaultKind } from './fault.js';
import type { SeverableBus } from './severable.js';

/** What faults act on, in addition to the conditions that the parts of a partition look at themselves. */
export interface FaultyParts {
  readonly partition: SimulatedPartition;
  readonly bus: SeverableBus | undefined;
  /** Client with the admin role, like that of an operator. */
  readonly admin: RestClient;
}

/** A fault that cannot happen in the current state. */
export class SkippedFault extends Error {}

interface Effect {
  /** Called when the conditions have the fault. Throws SkippedFault if it cannot happen now. */
  readonly begin?: (parts: FaultyParts, fault: Fault) => void | Promise<void>;
  /** Called when the conditions no longer have the fault. */
  readonly end?: (parts: FaultyParts, fault: Fault) => void;
}

const EFFECTS: Readonly<Partial<Record<FaultKind, Effect>>> = {
  'partition cut off': { begin: ({ bus }) => bus?.sever(), end: ({ bus }) => bus?.connect() },
  'machine in a crash loop': { begin: restart },
  'machine registering twice': { begin: restart },
  'MAC address changed': {
    begin: (parts, fault) => {
      const machine = machineOf(parts, fault);
      // Always the same card: the machine is known by the other one.
      const { nic, mac } = machine.wires[0]!;
      machine.replaceCard(nic, nextMac(mac));
      machine.bmc.reset();
    },
  },
  'UUID of another machine': {
    begin: (parts, fault) => {
      // An unknown UUID belongs to the first that shows it: that would be no fault of the impostor.
      if (parts.partition.machineById(fault.detail ?? '')?.isRegistered !== true)
        throw new SkippedFault('the other machine is not registered yet');
      machineOf(parts, fault).bmc.reset();
    },
    end: restart,
  },
  'switch replaced': { begin: replaceSwitch },
};

export const beginFault = async (parts: FaultyParts, fault: Fault): Promise<void> =>
  EFFECTS[fault.kind]?.begin?.(parts, fault);

export const endFault = (parts: FaultyParts, fault: Fault): void => EFFECTS[fault.kind]?.end?.(parts, fault);

function restart(parts: FaultyParts, fault: Fault): void {
  machineOf(parts, fault).bmc.reset();
}

/**
 * What an operator does with a broken switch: announces the replacement, and starts a new switch under the old name. If
 * the API refuses the new switch, the old one comes back.
 */
async function replaceSwitch({ partition, admin }: FaultyParts, { subject }: Fault): Promise<void> {
  const leaf = partition.switchByName(subject);
  if (!leaf) throw new SkippedFault(`there is no switch ${subject}`);
  try {
    await setMode(admin, leaf, 'replace');
    await leaf.replaceHardware(leaf.ports.map((port) => ({ ...port, mac: nextMac(port.mac) })));
  } catch (error) {
    await persistently(() => setMode(admin, leaf, 'operational'));
    throw new SkippedFault((error as Error).message);
  }
}

/** Tries a change several times, because the server may be down for a moment. Throws the last error. */
async function persistently(attempt: () => Promise<unknown>, tries = 30): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      return void (await attempt());
    } catch (error) {
      if (tried >= tries) throw error;
      await sleep(1000);
    }
  }
}

const setMode = (admin: RestClient, { settings }: SimulatedSwitch, mode: string): Promise<unknown> =>
  admin.post('v1/switch', { id: settings.name, name: settings.name, rack_id: settings.rack, mode });

function machineOf({ partition }: FaultyParts, { subject }: Fault): SimulatedMachine {
  const machine = partition.machineById(subject);
  if (!machine) throw new SkippedFault(`there is no machine ${subject}`);
  return machine;
}
