import { isPrivatePrimary } from '../../network/machine-networks.js';
import type { PortVrf } from '../../switch/switch.service.js';
import type { Machine, MachineAllocation } from '../machine.js';

/**
 * The VRF that the switch ports of an allocated machine join once it is installed; undefined for a machine without a
 * private network. Firewalls route between VRFs, so their ports are in none
 * (docs/reference/switches.md#vrf-in-the-life-of-a-machine).
 */
export function allocatedVrf({ role, networks }: Pick<MachineAllocation, 'role' | 'networks'>): PortVrf | undefined {
  return role === 'firewall' ? 'default' : networks.find(({ type }) => isPrivatePrimary(type))?.vrf;
}

type Installation = Pick<Machine, 'allocation' | 'release'>;

/**
 * Whether an installer has work to do on the allocated machine: it was never installed, or it is being reinstalled.
 * The installer's report closes the installation.
 */
export const isInstallationOpen = ({ allocation, release }: Installation): boolean =>
  allocation !== undefined && release === undefined && (allocation.bootInfo === undefined || allocation.reinstall);

/** Whether the machine runs the system of its allocation, according to installers' reports. */
export const isInstalled = (machine: Installation): boolean =>
  machine.allocation !== undefined && machine.release === undefined && !isInstallationOpen(machine);

/** The VRF that the machine's ports belong to now, if any: the tenant's only while the tenant's system runs on the machine. */
export const currentVrf = (machine: Machine | undefined): PortVrf | undefined =>
  machine?.allocation && isInstalled(machine) ? allocatedVrf(machine.allocation) : undefined;
