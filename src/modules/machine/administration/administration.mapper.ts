import type { AllocatedMachine } from '../machine.js';
import type { MachineConsolePasswordResponse, MachineUpdateRequest } from './administration.dto.js';
import type { AllocationChanges } from '../core/transitions/allocation.js';

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
}: AllocatedMachine): MachineConsolePasswordResponse => ({
  id,
  name,
  description,
  console_password: allocation.consolePassword,
});
