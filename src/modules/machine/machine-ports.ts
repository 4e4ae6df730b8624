import { isPrivatePrimary } from '../network/machine-networks.js';
import type { PortVrf } from '../switch/switch.service.js';
import type { Machine, MachineAllocation } from './machine.js';

/**
 * The VRF that the switch ports of an allocated machine are in once it is installed; undefined for a machine without a
 * private network. Firewalls route between VRFs, so their ports are in none (reference/30 §7.9).
 */
export function allocatedVrf({ role, networks }: Pick<MachineAllocation, 'role' | 'networks'>): PortVrf | undefined {
  return role === 'firewall' ? 'default' : networks.find(({ type }) => isPrivatePrimary(type))?.vrf;
}

type Installation = Pick<Machine, 'allocation' | 'release'>;

/**
 * Whether an installer has work to do on the allocated machine: nothing was installed yet, or it is being reinstalled.
 * From the report of its installer on, an installation is closed.
 */
export const isInstallationOpen = ({ allocation, release }: Installation): boolean =>
  allocation !== undefined && release === undefined && (allocation.bootInfo === undefined || allocation.reinstall);

/** Whether the system of its allocation runs on the machine, as far as installers have reported. */
export const isInstalled = (machine: Installation): boolean =>
  machine.allocation !== undefined && machine.release === undefined && !isInstallationOpen(machine);

/** In which VRF the ports of the machine belong right now: its tenant's only while the tenant's system runs on it. */
export const currentVrf = (machine: Machine | undefined): PortVrf =>
  (machine?.allocation && isInstalled(machine) && allocatedVrf(machine.allocation)) || '';
