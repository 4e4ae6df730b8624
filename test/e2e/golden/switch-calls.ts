import type { Lab } from '../../../src/agent/simulator/lab.js';
import type { Calls } from './call.js';

/** Registers the pair of leaves that the scenario's machines are wired to; their ports have MAC addresses `<leaf>:<n>`. */
export async function leafCalls({ play, refuse }: Calls, { partition }: Lab): Promise<void> {
  for (const id of ['leaf01', 'leaf02']) await play('registerSwitch', { as: 'editor', body: leaf(id, partition) });
  await refuse('registerSwitch', 404, { as: 'editor', body: leaf('leaf09', 'nowhere') });
}

/** What happens to switches that machines are wired to. */
export async function switchCalls({ play, refuse }: Calls, { partition }: Lab): Promise<void> {
  const bgp = { Neighbor: 'm', PeerGroup: 'MACHINE', VrfName: 'vrf30', BgpState: 'Established' };
  const counters = { BgpTimerUpEstablished: 1234567890123, SentPrefixCounter: 2, AcceptedPrefixCounter: 3 };
  const synced = { sync_duration: 500, error: null, port_states: { swp0: 'UP' } };
  const notification = { ...synced, bgp_port_states: { swp0: { ...bgp, ...counters } } };
  await play('notifySwitch', { as: 'editor', path: { id: 'leaf01' }, body: notification });
  await refuse('notifySwitch', 404, { as: 'editor', path: { id: 'ghost' }, body: notification });
  const toggle = { as: 'admin', path: { id: 'leaf01' } } as const;
  await play('toggleSwitchPort', { ...toggle, body: { nic: 'swp0', status: 'DOWN' } });
  await refuse('toggleSwitchPort', 400, { ...toggle, body: { nic: 'swp0', status: 'LEFT' } });
  const changes = { description: 'left', mode: 'operational', console_command: 'ssh leaf01' };
  await play('updateSwitch', { as: 'admin', body: { id: 'leaf01', rack_id: 'rack-1', ...changes } });
  await play('findSwitch', { as: 'viewer', path: { id: 'leaf01' } });
  await play('findSwitches', { as: 'viewer', body: { rackid: 'rack-1', osvendor: 'SONiC', name: null } });
  await play('listSwitches', { as: 'viewer' });
  await play('registerSwitch', { as: 'editor', body: leaf('leaf03', partition) });
  await play('migrateSwitch', { as: 'admin', body: { old_switch_id: 'leaf02', new_switch_id: 'leaf03' } });
  await refuse('deleteSwitch', 400, { as: 'editor', path: { id: 'leaf01' } });
  await play('deleteSwitch', { as: 'editor', path: { id: 'leaf02' }, query: '?force=true' });
}

const leaf = (id: string, partition: string): object => ({
  ...{ id, name: id, description: 'a leaf', partition_id: partition, rack_id: 'rack-1' },
  nics: [0, 1].map((port) => ({ mac: `${id}:${port}`, name: `swp${port}`, identifier: `swp${port}`, vrf: '' })),
  os: { vendor: 'SONiC', version: '4.2', metal_core_version: 'v0.16.0' },
  ...{ management_ip: '10.0.0.1', management_user: 'admin' },
});
