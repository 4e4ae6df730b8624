import type { Machine, MachineAllocation } from '../../machine/machine.js';
import { allocatedVrf, currentVrf } from '../../machine/core/machine-ports.js';
import { identityOf, type Switch } from '../../switch/switch.js';
import type { PortVrf } from '../../switch/switch.service.js';
import { finding, OVERDUE, type Finding, type Snapshot } from '../fsck.js';

/** Checks allocations, and the ports of leaf switches. */
export function* checkMachines(snapshot: Snapshot): Iterable<Finding | undefined> {
  for (const machine of snapshot.machines.values()) {
    yield undefined;
    yield* unfinished(machine, snapshot.time);
    // Resources of a machine that is being released may be gone already.
    if (!machine.allocation || machine.release) continue;
    yield* addressesOf(machine.id, machine.allocation, snapshot);
    yield* networksOf(machine.id, machine.allocation, snapshot);
  }
  for (const leaf of snapshot.switches) {
    yield undefined;
    yield* portsOf(leaf, snapshot.machines);
    yield* unconnected(leaf);
  }
}

function* unfinished({ id, claim, release }: Machine, time: number): Iterable<Finding> {
  for (const [what, item] of [['allocation', claim] as const, ['release', release] as const]) {
    if (item && Date.parse(item.deadline) + OVERDUE < time)
      yield finding('machine-unfinished', [`machine ${id}`], `its ${what} should have ended at ${item.deadline}`);
  }
}

function* addressesOf(id: string, { uuid, networks }: MachineAllocation, snapshot: Snapshot): Iterable<Finding> {
  for (const { networkId, ips } of networks) {
    for (const address of ips) {
      const ip = snapshot.addresses.get(address);
      const ids = [`machine ${id}`, `ip ${address}`];
      if (!ip) yield finding('allocation-addresses', ids, 'its address is free and may be allocated again');
      else if (ip.networkId !== networkId)
        yield finding('allocation-addresses', ids, `its address is in network "${ip.networkId}", not "${networkId}"`);
      else if (!ip.attachments.some(({ allocation }) => allocation === uuid))
        yield finding('allocation-addresses', ids, 'its address is not attached to the allocation');
    }
  }
}

function* networksOf(id: string, { asn, networks }: MachineAllocation, snapshot: Snapshot): Iterable<Finding> {
  for (const membership of networks) {
    const ids = [`machine ${id}`, `network ${membership.networkId}`];
    if (!snapshot.networks.has(membership.networkId))
      yield finding('allocation-networks', ids, 'is in a network that does not exist');
    if (membership.asn !== asn)
      yield finding('allocation-networks', ids, `has ASN ${membership.asn} there, but its allocation has ${asn}`);
  }
}

function* portsOf({ id, nics, connections }: Switch, machines: Snapshot['machines']): Iterable<Finding> {
  const ports = new Map(nics.map((nic) => [identityOf(nic), nic]));
  const seen = new Set<string>();
  for (const { machineId, port } of connections) {
    const ids = [`switch ${id}`, `port ${port}`, `machine ${machineId}`];
    const machine = machines.get(machineId);
    if (seen.has(port)) yield finding('port-connections', ids, 'is connected to two machines');
    seen.add(port);
    const nic = ports.get(port);
    if (!nic) yield finding('port-connections', ids, 'the switch has no such port');
    if (!machine)
      yield finding('port-connections', ids, 'is connected to an unknown machine', {
        action: 'disconnect',
        machine: machineId,
      });
    else if (nic) yield* vrfOf(nic.vrf, ids, machine);
  }
}

/**
 * A machine joins its VRF only when its installation is complete, and leaves it when it is reclaimed. So an empty VRF
 * is always correct; another one must match the allocation.
 */
function* vrfOf(vrf: string | undefined, ids: readonly string[], machine: Machine): Iterable<Finding> {
  const { allocation } = machine;
  const right = allocation && nameOf(allocatedVrf(allocation));
  if (vrf === undefined || vrf === right) return;
  const message = allocation
    ? `is in "${vrf}", its machine in "${right ?? ''}"`
    : `is in "${vrf}", although its machine is not allocated`;
  yield finding('port-vrf', ids, message, { action: 'set-port-vrf', machine: machine.id, vrf: currentVrf(machine) });
}

/** A VRF left behind at an unconnected port would put the next machine there into another tenant's network. */
function* unconnected({ id, nics, connections }: Switch): Iterable<Finding> {
  const connected = new Set(connections.map(({ port }) => port));
  for (const nic of nics) {
    const port = identityOf(nic);
    if (nic.vrf === undefined || connected.has(port)) continue;
    const repair = { action: 'reset-port-vrf', switch: id, port } as const;
    yield finding(
      'port-vrf',
      [`switch ${id}`, `port ${port}`],
      `is in "${nic.vrf}", although no machine is connected to it`,
      repair,
    );
  }
}

const nameOf = (vrf: PortVrf | undefined): string | undefined => (typeof vrf === 'number' ? `vrf${vrf}` : vrf);
