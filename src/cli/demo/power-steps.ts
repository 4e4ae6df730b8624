import type { BmcReader, BootDevice } from '../../agent/bmc/bmc-driver.js';
import { targetOf } from '../../agent/simulator/running-partition.js';
import type { SimulatedMachine } from '../../agent/simulator/simulated-machine.js';
import { pollUntil } from './step.js';
import type { Step } from './step.js';

/** Sends a command to a machine by its power route; resolves when the journal reports it as done. */
type Command = (id: string, route: string, name: string) => Promise<void>;

/** Steps for all power commands, by journal, bus and BMC; each verifies the state of the BMC and of the machine. */
export function powerSteps(machine: () => SimulatedMachine, bmc: BmcReader, command: Command): Step[] {
  const step = (title: string, route: string, name: string, wanted: string, look: () => Promise<string[]>): Step => ({
    title,
    play: async () => {
      await command(machine().id, route, name);
      await pollUntil(`BMC and machine report ${wanted}`, async () => (await look()).every((seen) => seen === wanted));
      return `${name}: ${wanted}`;
    },
  });
  const boots = (title: string, device: BootDevice): Step =>
    step(`power/${device}: ${title}`, device, device.toUpperCase(), device, async () => [
      (await bmc.bootDevice(targetOf(machine()))) ?? 'none',
      machine().bmc.bootDevice,
    ]);
  const power = (action: string, wanted: 'ON' | 'OFF'): Step =>
    step(`power/${action}`, action, action.toUpperCase(), wanted, async () => [
      (await bmc.isOn(targetOf(machine()))) ? 'ON' : 'OFF',
      machine().bmc.powerState,
    ]);
  return [
    boots('the next boot is from the network', 'pxe'),
    boots('the next boot is from disk', 'disk'),
    power('off', 'OFF'),
    restarting(machine, power('on', 'ON')),
    restarting(machine, power('reset', 'ON')),
    restarting(machine, power('cycle', 'ON')),
    boots('the next boot is into the BIOS', 'bios'),
    step('the identify LED goes on', 'chassis-identify-led-on', 'LED-ON', 'LED-ON', async () => [
      machine().bmc.ledState,
    ]),
  ];
}

/** Extends a step by the check that the machine has started once more. */
const restarting = (machine: () => SimulatedMachine, { title, play }: Step): Step => ({
  title,
  play: async () => {
    const { starts } = machine();
    const seen = await play();
    await pollUntil('the machine starts', async () => machine().starts === starts + 1);
    return seen;
  },
});
