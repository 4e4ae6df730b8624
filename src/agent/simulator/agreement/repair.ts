import type { RestClient } from '../../rest-client.js';
import type { SimulatedPartition } from '../simulated-partition.js';
import type { ServerView, StoredCommand } from './server-view.js';

/** A machine that an operator would bring back, and how. */
export interface MachineRepair {
  readonly machine: string;
  readonly reason: string;
  carryOut(client: RestClient): Promise<unknown>;
}

/**
 * What operators do after faults, and only then: a machine whose latest command failed or expired, or whose BMC lied,
 * gets its order once more. Nothing else excuses a machine that does not do what it should.
 */
export function repairsFor(
  server: ServerView,
  partition: SimulatedPartition,
  lied: ReadonlySet<string>,
): MachineRepair[] {
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
      return [{ machine: id, reason, carryOut: (client) => client.delete(`v1/machine/${id}/free`) }];
    }
    const installed = allocation.boot_info && !allocation.reinstall;
    if (phase === (installed ? 'running' : 'installing')) return [];
    const path = installed ? ['disk', 'cycle'] : ['pxe', 'cycle'];
    return [{ machine: id, reason, carryOut: (client) => inOrder(client, id, path) }];
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
