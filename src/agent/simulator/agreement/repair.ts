import type { RestClient } from '../../rest-client.js';
import type { SimulatedPartition } from '../simulated-partition.js';
import type { ServerView, StoredCommand } from './server-view.js';

/** What faults have left behind beside differences that heal by themselves. */
export interface Aftermath {
  /** IDs of machines whose BMC lied. */
  readonly lied: ReadonlySet<string>;
  /** Names of switches whose replacement was announced and given up. */
  readonly keptSwitches: ReadonlySet<string>;
}

/** A machine that an operator would bring back, or a switch, and how. */
export interface Repair {
  readonly subject: string;
  readonly reason: string;
  carryOut(client: RestClient): Promise<unknown>;
}

/**
 * What operators do after faults, and only then: a machine whose latest command failed or expired, or whose BMC lied,
 * gets its order once more. Nothing else excuses a machine that does not do what it should. The announcement of a replacement
 * that was given up may arrive late, after its cancellation; it is cancelled again.
 */
export function repairsFor(server: ServerView, partition: SimulatedPartition, aftermath: Aftermath): Repair[] {
  return [...machineRepairs(server, partition, aftermath), ...switchRepairs(server, partition, aftermath)];
}

function switchRepairs(server: ServerView, partition: SimulatedPartition, { keptSwitches }: Aftermath): Repair[] {
  return server.switches.flatMap(({ id, mode }) => {
    const leaf = partition.switchByName(id);
    if (!leaf || mode !== 'replace' || !keptSwitches.has(id)) return [];
    const { name, rack } = leaf.settings;
    const body = { id, name, rack_id: rack, mode: 'operational' };
    const reason = 'its replacement was given up';
    return [{ subject: id, reason, carryOut: (client: RestClient) => client.post('v1/switch', body) }];
  });
}

function machineRepairs(server: ServerView, partition: SimulatedPartition, { lied }: Aftermath): Repair[] {
  const latest = new Map(
    [...server.commands]
      .reverse()
      .filter(isNoLed)
      .map((command) => [command.machine, command]),
  );
  return server.machines.flatMap(({ id, allocation }) => {
    const machine = partition.machineById(id);
    const reason = lied.has(id) ? 'its BMC lied' : lossOf(latest.get(id));
    if (!machine || reason === undefined) return [];
    const { phase } = machine;
    if (!allocation) {
      if (phase === 'waiting') return [];
      return [{ subject: id, reason, carryOut: (client) => client.delete(`v1/machine/${id}/free`) }];
    }
    const installed = allocation.boot_info && !allocation.reinstall;
    if (phase === (installed ? 'running' : 'installing')) return [];
    const path = installed ? ['disk', 'cycle'] : ['pxe', 'cycle'];
    return [{ subject: id, reason, carryOut: (client) => inOrder(client, id, path) }];
  });
}

async function inOrder(client: RestClient, id: string, actions: readonly string[]): Promise<void> {
  for (const action of actions) await client.post(`v1/machine/${id}/power/${action}`);
}

/** LED commands follow on others and do not change what a machine does. */
const isNoLed = ({ command }: StoredCommand): boolean => !command.startsWith('LED-');

const lossOf = (command: StoredCommand | undefined): string | undefined =>
  command && (command.state === 'failed' || command.state === 'expired')
    ? `${command.command || command.type} ${command.state}: ${command.error}`
    : undefined;
