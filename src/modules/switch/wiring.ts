import { invalid } from '../../shared/errors/domain-error.js';
import { canonicalMac } from '../../shared/spelling.js';
import { pluralize } from '../../shared/text.js';
import { portTranslator } from './port-names.js';
import { identityOf, namingOf, portsOf } from './switch.js';
import type { Neighbor, Switch, SwitchConnection, SwitchNic } from './switch.js';

/** The fields of a machine that determine where it is plugged in. */
export interface WiredMachine {
  readonly id: string;
  readonly nics: readonly { readonly neighbors: readonly Neighbor[] }[];
}

/** The connections of a machine to a pair of leaves: identities of its ports by switch ID. */
export interface Wiring {
  readonly rackId: string | undefined;
  readonly partitionId: string;
  readonly ports: ReadonlyMap<string, readonly string[]>;
}

/**
 * Determines where a machine is plugged in from its LLDP neighbors (docs/reference/switches.md#cabling-of-machines).
 * Throws `invalid` unless it is wired to exactly two switches of one rack, with the same ports on each, and still to
 * every switch that lists it.
 */
export function wiringOf(machine: WiredMachine, switches: readonly Switch[]): Wiring {
  const leaves = switches.flatMap((leaf) => {
    const nics = seenPorts(machine, leaf);
    if (nics.length === 0 && portsOf(leaf, machine.id).size > 0) {
      throw invalid(
        `machine "${machine.id}" is no longer wired to switch "${leaf.id}": delete the machine before moving it`,
      );
    }
    return nics.length > 0 ? [{ leaf: connectMachine(leaf, machine.id, nics.map(identityOf)), nics }] : [];
  });
  const [first, second, ...more] = leaves;
  if (!first || !second || more.length > 0) {
    const names = leaves.map(({ leaf }) => `"${leaf.id}"`).join(', ') || 'none';
    throw invalid(`machine "${machine.id}" must be wired to exactly two switches of its partition, found ${names}`);
  }
  checkPair(machine, first, second);
  return {
    rackId: first.leaf.rackId,
    partitionId: first.leaf.partitionId,
    ports: new Map(leaves.map(({ leaf, nics }) => [leaf.id, nics.map(identityOf)])),
  };
}

/**
 * Returns the switch with the machine at exactly these ports, or the same object if nothing changes. Ports that are new
 * to the machine are removed from their VRF. Throws `invalid` if another machine is connected to one of them.
 */
export function connectMachine(leaf: Switch, machineId: string, ports: readonly string[]): Switch {
  const others = leaf.connections.filter((connection) => connection.machineId !== machineId);
  const taken = others.find(({ port }) => ports.includes(port));
  if (taken) {
    throw invalid(
      `port "${taken.port}" of switch "${leaf.id}" cannot be connected to machine "${machineId}": machine "${taken.machineId}" is connected to it`,
    );
  }
  const before = portsOf(leaf, machineId);
  if (before.size === ports.length && ports.every((port) => before.has(port))) return leaf;
  const connections: SwitchConnection[] = [...others, ...ports.map((port) => ({ machineId, port }))];
  const arrived = new Set(ports.filter((port) => !before.has(port)));
  const nics = leaf.nics.map((nic) =>
    arrived.has(identityOf(nic)) && nic.vrf !== undefined ? { ...nic, vrf: undefined } : nic,
  );
  return { ...leaf, nics, connections };
}

/**
 * The ports of the switch that a machine sees, without duplicates even if several cables seem to end at the same port.
 */
export function seenPorts({ nics }: Omit<WiredMachine, 'id'>, leaf: Switch): SwitchNic[] {
  const candidates = nics.flatMap((nic) => nic.neighbors).filter((neighbor) => mayBeOf(neighbor, leaf));
  if (candidates.length === 0) return [];
  return leaf.nics.filter((nic) => candidates.some((neighbor) => isPort(neighbor, nic, leaf)));
}

/**
 * False if the neighbor names another switch, which rules out most leaves of a partition without checking their ports.
 */
const mayBeOf = ({ hostname }: Neighbor, { name }: Switch): boolean => !hostname || !name || hostname === name;

/**
 * Whether a neighbor is this port. Legacy machines do not report the switch name and are matched by MAC address, since
 * identifiers are only unique within a switch.
 */
export function isPort(neighbor: Neighbor, nic: SwitchNic, leaf: Switch): boolean {
  if (!mayBeOf(neighbor, leaf)) return false;
  if (!neighbor.hostname && leaf.name) return nic.mac !== '' && canonicalMac(neighbor.mac) === canonicalMac(nic.mac);
  return canonicalMac(identityOf(neighbor)) === canonicalMac(identityOf(nic));
}

interface Leaf {
  readonly leaf: Switch;
  readonly nics: readonly SwitchNic[];
}

function checkPair({ id }: WiredMachine, first: Leaf, second: Leaf): void {
  const [a, b] = [first.leaf, second.leaf];
  if (first.nics.length !== second.nics.length) {
    throw invalid(
      `machine "${id}" has ${pluralize(first.nics.length, 'connection')} to switch "${a.id}" but ${second.nics.length} to "${b.id}"`,
    );
  }
  if (a.rackId !== b.rackId) {
    throw invalid(
      `machine "${id}" is wired to different racks: switch "${a.id}" is in "${a.rackId ?? ''}", "${b.id}" in "${b.rackId ?? ''}"`,
    );
  }
  if (a.partitionId !== b.partitionId) {
    throw invalid(
      `machine "${id}" is wired to different partitions: switch "${a.id}" is in "${a.partitionId}", "${b.id}" in "${b.partitionId}"`,
    );
  }
  const mirrored = new Set(connectedNames(b));
  const siblings = a.nics.map(({ name }) => name);
  const translate = portTranslator(siblings, namingOf(a), namingOf(b));
  for (const { name } of first.nics) {
    const expected = translate(name);
    if (!mirrored.has(expected)) {
      throw invalid(
        `machine "${id}" is connected to port "${name}" of switch "${a.id}" but not to "${expected}" of "${b.id}"`,
      );
    }
  }
}

function connectedNames({ nics, connections }: Switch): string[] {
  const ports = new Set(connections.map(({ port }) => port));
  return nics.filter((nic) => ports.has(identityOf(nic))).map(({ name }) => name);
}
