import type { ConsoleConfig } from '../../config/console-config.js';
import { BmcError } from '../bmc/bmc-driver.js';
import { bmcTarget } from '../bmc/bmc-target.js';
import { Ipmitool, IPMITOOL_DEFAULTS } from '../bmc/ipmitool.js';
import { ManagementNetworks } from '../bmc/management-networks.js';
import type { ConsoleApi } from './console-api.js';
import type { OpenSerialLine } from './serial-line.js';
import { SolLine } from './sol-line.js';

/** Redfish has no console of its own; it only names others, such as this one. */
const NEEDS_IPMI = 'the serial console needs IPMI over LAN, which Redfish does not replace';

type Settings = Pick<ConsoleConfig, 'bmcNetworks' | 'bmcTimeout' | 'ipmitool'>;

/** Opens serial consoles by IPMI's serial over LAN, with the address and credentials of the BMC that the API has. */
export function createSolOpener(api: Pick<ConsoleApi, 'ipmi'>, { bmcNetworks, bmcTimeout, ipmitool }: Settings) {
  const networks = new ManagementNetworks(bmcNetworks, undefined, 'METAL_API_CONSOLE_BMC_NETWORKS');
  const { program, path = IPMITOOL_DEFAULTS.path, cipherSuites } = ipmitool;
  const tool = new Ipmitool({ ...IPMITOOL_DEFAULTS, program, path, cipherSuites, timeoutMs: bmcTimeout });
  const open: OpenSerialLine = async (machine, events) => {
    const target = await networks.resolveAllowed(bmcTarget(await api.ipmi(machine)));
    return SolLine.open(tool, target, events).catch((error: unknown) => {
      const isSilent = error instanceof BmcError && ['unreachable', 'timeout'].includes(error.failure);
      throw isSilent ? new BmcError(error.failure, `${error.message}; ${NEEDS_IPMI}`) : error;
    });
  };
  return open;
}
