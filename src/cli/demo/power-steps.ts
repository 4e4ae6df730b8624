import type { BmcState, BootDevice } from '../../agent/bmc/bmc.js';
import { targetOf } from '../../agent/simulator/running-partition.js';
import type { SimulatedMachine } from '../../agent/simulator/simulated-machine.js';
import { until } from './step.js';
import type { Step } from './step.js';

/** Sends the order of that route to a machine; resolves when the journal says that it was carried out. */
type Command = (id: string, route: string, name: string) => Promise<void>;

/** Every power command: journal, bus, BMC, result; read back from the BMC, and the machine has followed. */
export function powerSteps(machine: () => SimulatedMachine, bmc: BmcState, command: Command): Step[] {
  const step = (title: string, route: string, name: string, wanted: string, look: () => Promise<string[]>): Step => ({
    title,
    play: async () => {
      await command(machine().id, route, name);
      await until(`BMC and machine say ${wanted}`, async () => (await look()).every((seen) => seen === wanted));
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

/** The step, after which the machine must have started once more. */
const restarting = (machine: () => SimulatedMachine, { title, play }: Step): Step => ({
  title,
  play: async () => {
    const { starts } = machine();
    const seen = await play();
    await until('the machine starts', async () => machine().starts === starts + 1);
    return seen;
  },
});
