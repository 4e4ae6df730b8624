import { Ip } from '../../../shared/net/ip.js';
import { Prefix } from '../../../shared/net/prefix.js';
import { memoizeByIdentity } from '../../../shared/memoize-by-identity.js';
import { isMachineTag, MACHINE_TAG, type IpAddress } from '../../ip/ip.js';
import { reservedAddresses } from '../../ipam/ipam.js';
import { isChild, type Network } from '../../network/network.js';
import { allocationsOf, finding, type Finding, type Repair, type Snapshot } from '../fsck.js';

const named = (ip: IpAddress): string => `ip ${ip.id}`;

/** Checks addresses. */
export function* checkAddresses(snapshot: Snapshot): Iterable<Finding | undefined> {
  const allocations = allocationsOf(snapshot.machines.values());
  for (const ip of snapshot.addresses.values()) {
    yield undefined;
    const network = snapshot.networks.get(ip.networkId);
    if (network) yield* placeOf(ip, network);
    else yield outlived(ip);
    yield* projectOf(ip, network, snapshot.projects);
    yield* attachmentsOf(ip, allocations);
    yield* tagsOf(ip, snapshot.machines);
  }
  yield* counts(snapshot);
}

function outlived(ip: IpAddress): Finding {
  const message = `is in network "${ip.networkId}", which does not exist`;
  return finding('address-network', [named(ip), `network ${ip.networkId}`], message, removalOf(ip));
}

const removalOf = (ip: IpAddress): Repair | undefined =>
  ip.attachments.length === 0 ? { action: 'remove-address', address: ip.id } : undefined;

const prefixesOf = memoizeByIdentity(({ prefixes }: Network): ReadonlySet<string> => new Set(prefixes));

function* placeOf(ip: IpAddress, network: Network): Iterable<Finding> {
  const { id } = network;
  const wrong = (message: string, repair?: Repair): Finding =>
    finding('address-prefix', [named(ip), `network ${id}`], message, repair);
  if (!prefixesOf(network).has(ip.prefix))
    yield wrong(`its prefix ${ip.prefix} is not one of the network's`, removalOf(ip));
  const [prefix, address] = [Prefix.parse(ip.prefix), Ip.parse(ip.id)];
  if (!prefix.contains(address)) yield wrong(`is not inside its prefix ${ip.prefix}`);
  else if (reservedAddresses(prefix).includes(address.value))
    yield wrong(`is the network or broadcast address of ${ip.prefix}`);
}

function* projectOf(ip: IpAddress, network: Network | undefined, projects: ReadonlySet<string>): Iterable<Finding> {
  const ids = [named(ip), `project ${ip.projectId}`];
  if (!projects.has(ip.projectId)) yield finding('address-project', ids, 'belongs to a project that does not exist');
  if (network && isChild(network) && !network.shared && network.projectId !== ip.projectId)
    yield finding('address-project', ids, `is in network "${network.id}", which is not shared with its project`);
}

/** A claim is written before addresses are attached for it, and they are released before the allocation is removed. */
function* attachmentsOf(ip: IpAddress, allocations: ReadonlySet<string>): Iterable<Finding> {
  for (const { machineId: machine, allocation } of ip.attachments) {
    if (allocations.has(allocation)) continue;
    const ids = [named(ip), `allocation ${allocation}`, `machine ${machine}`];
    const repair = { action: 'release-addresses', machine, allocation } as const;
    yield finding('address-attachment', ids, 'is attached to an allocation that no machine has', repair);
  }
}

function* tagsOf(ip: IpAddress, machines: Snapshot['machines']): Iterable<Finding> {
  for (const tag of ip.tags.filter(isMachineTag)) {
    const machine = tag.slice(MACHINE_TAG.length + 1);
    if (machines.has(machine)) continue;
    const repair = { action: 'drop-tag', address: ip.id, tag } as const;
    yield finding('address-tag', [named(ip), `machine ${machine}`], 'has the tag of an unknown machine', repair);
  }
}

function* counts({ addresses, networks, countOf }: Snapshot): Iterable<Finding> {
  const stored = new Map<string, number>();
  for (const { prefix } of addresses.values()) stored.set(prefix, (stored.get(prefix) ?? 0) + 1);
  for (const { id, prefixes } of networks.values()) {
    for (const prefix of prefixes) {
      const [counted, expected] = [countOf(prefix), stored.get(prefix) ?? 0];
      if (counted !== expected)
        yield finding(
          'address-count',
          [`network ${id}`],
          `${prefix} has ${expected} addresses, but ${counted} are counted`,
        );
    }
  }
}
