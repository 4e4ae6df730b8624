import type { RegisterRequest } from '../boot-api.js';
import { LAB_HARDWARE } from './lab.js';
import type { SimulatedMachine, Wire } from './simulated-machine.js';

/** What the installer of a machine registers: the links that it sees, under the UUID that it finds. */
export function registrationOf(
  { settings, bmc: { firmware } }: SimulatedMachine,
  wires: readonly Wire[],
  uuid: string,
): RegisterRequest {
  const { partition, bmc, serial } = settings;
  return {
    uuid,
    partitionId: partition,
    metalHammerVersion: 'simulated',
    tags: [],
    hardware: {
      memory: LAB_HARDWARE.memory,
      cpus: [{ vendor: 'Simulated', model: 'CPU', cores: LAB_HARDWARE.cores, threads: LAB_HARDWARE.cores * 2 }],
      gpus: [],
      disks: [LAB_HARDWARE.disk],
      nics: wires.map(nicOf),
    },
    bios: { version: firmware.bios, vendor: 'Simulated', date: '01/01/2026' },
    ipmi: {
      ...bmc,
      interface: 'lanplus',
      bmcVersion: firmware.bmc,
      powerState: 'ON',
      fru: { chassisPartSerial: serial, boardMfg: 'Simulated', boardPartNumber: 'S1', productSerial: serial },
    },
  };
}

const nicOf = ({
  mac,
  nic,
  switchName,
  switchPort,
  switchPortMac,
}: Wire): RegisterRequest['hardware']['nics'][number] => ({
  mac,
  name: nic,
  identifier: mac,
  hostname: '',
  neighbors: [{ mac: switchPortMac, name: switchPort, identifier: switchPort, hostname: switchName, neighbors: [] }],
});
