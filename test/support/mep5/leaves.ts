import { machineTable } from '../../../src/modules/machine/machine.table.js';
import { switchTable } from '../../../src/modules/switch/switch.table.js';
import type { Scene } from './scene.js';

/** The fields of a port that the switch agent reads. */
export interface LeafPort {
  readonly name: string;
  readonly vrf: string;
  readonly filter?: { readonly cidrs: readonly string[]; readonly vnis?: readonly string[] } | null;
}

interface LeafAnswer {
  readonly nics: readonly LeafPort[];
  readonly connections: readonly { readonly machine_id: string; readonly nic: LeafPort }[];
}

const LEAVES = ['leaf01', 'leaf02'];

/** Registers two leaves of P1 and connects every machine of P1 to the same port of both. */
export async function plantLeaves(scene: Scene): Promise<void> {
  const machines = scene.tables(machineTable).by('partition', 'P1');
  const connections = machines.map(({ id }, port) => ({ machineId: id, port: `Ethernet${port}` }));
  const nics = connections.map(({ port }) => ({ name: port, mac: null, identifier: port }));
  const os = { vendor: 'SONiC', version: '4', metal_core_version: 'v0.15' };
  for (const id of LEAVES) {
    await scene.editor.post('v1/switch/register', { id, name: id, partition_id: 'P1', rack_id: 'rack-1', nics, os });
    await scene.tables(switchTable).update(id, (leaf) => ({ ...leaf, connections }));
  }
}

/** Returns the machine's port on each leaf. */
export async function leafPorts({ viewer }: Scene, machine: { readonly id: string }): Promise<LeafPort[]> {
  const leaves = await Promise.all(LEAVES.map((id) => viewer.get<LeafAnswer>(`v1/switch/${id}`)));
  return leaves.flatMap(({ connections, nics }) =>
    connections
      .filter(({ machine_id }) => machine_id === machine.id)
      .flatMap(({ nic }) => nics.filter(({ name }) => name === nic.name)),
  );
}
