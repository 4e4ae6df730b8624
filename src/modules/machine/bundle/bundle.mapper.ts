import { toIpResponse, toIpSpec } from '../../ip/ip.mapper.js';
import { toFirewallRequest, toMachineRequest } from '../allocation/allocation.mapper.js';
import type { Machine } from '../machine.js';
import type { MachineResponse } from '../query/machine.dto.js';
import type { BundleRequest } from './bundle.js';
import type { AllocateManyRequest, AllocateManyResponse } from './bundle.dto.js';
import type { AllocatedBundle } from './bundle-settlement.service.js';

/** `creator` is the caller's account; `idOf` returns the stored ID of a machine. */
export const toBundleRequest = (
  { machines = [], firewalls = [], ips = [] }: AllocateManyRequest,
  creator: string,
  idOf: (machineId: string) => string,
): BundleRequest => ({
  machines: machines.map((body) => toMachineRequest(body, creator)),
  firewalls: firewalls.map((body) => toFirewallRequest(body, creator)),
  ips: ips.map((body) => toIpSpec(body, idOf)),
});

export const toManyResponse = (
  { machines, firewalls, ips }: AllocatedBundle,
  responseOf: (machine: Machine) => MachineResponse,
): AllocateManyResponse => ({
  machines: machines.map(responseOf),
  firewalls: firewalls.map(responseOf),
  ips: ips.map(toIpResponse),
});
