import type { Machine, MachineAllocation } from '../machine.js';
import type { MachineConsolePasswordResponse, MachineUpdateRequest } from './administration.dto.js';
import type { AllocationChanges } from './administration.service.js';

export const toAllocationChanges = (body: MachineUpdateRequest): AllocationChanges => ({
  description: body.description,
  tags: body.tags,
  sshPubKeys: body.ssh_pub_keys,
});

/** Name and description are the machine's, not the allocation's. */
export const toConsolePasswordResponse = ({
  id,
  name,
  description,
  allocation,
}: Machine & { readonly allocation: MachineAllocation }): MachineConsolePasswordResponse => ({
  id,
  name,
  description,
  console_password: allocation.consolePassword,
});
