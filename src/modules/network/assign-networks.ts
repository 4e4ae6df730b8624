import { firstRepeated } from '../../shared/contains-all.js';
import { invalid, notFound } from '../../shared/errors/domain-error.js';
import { Ip } from '../../shared/net/ip.js';
import { pluralize, entityLabel, quoteText } from '../../shared/text.js';
import { isPrivate, isPrivatePrimary, type MachineNetworkType, type NetworkAssignment } from './machine-networks.js';
import { isChild, type Network } from './network.js';

/** Networks and addresses named in an allocation request. */
export interface NetworkRequest {
  readonly role: 'machine' | 'firewall';
  readonly projectId: string;
  /** Partition of the machine. */
  readonly partitionId: string;
  readonly networks: readonly { readonly networkId: string; readonly autoAcquire: boolean }[];
  /** Existing addresses to use. */
  readonly ips: readonly string[];
}

/** Lookups that the rules need, served from memory. */
export interface NetworkSnapshot {
  network(id: string): Network | undefined;
  /** By canonical text. */
  ip(address: string): { readonly projectId: string; readonly networkId: string } | undefined;
  superOf(partitionId: string): Network | undefined;
  underlayOf(partitionId: string): Network | undefined;
}

/** Order of the result. Clients take the first private network and the first address as the machine's own. */
const ORDER: readonly MachineNetworkType[] = [
  'privateprimaryunshared',
  'privateprimaryshared',
  'privatesecondaryshared',
  'external',
  'underlay',
];

/**
 * Checks a request before a machine is selected for it
 * (docs/reference/machine-networks.md#networks-in-an-allocation-request). Throws `invalid`.
 */
export function checkNetworkRequest({ role, networks, ips }: Pick<NetworkRequest, 'role' | 'networks' | 'ips'>): void {
  for (const text of ips) readIp(text);
  const manual = networks.filter(({ autoAcquire }) => !autoAcquire);
  if (role === 'firewall' && ips.length === 0 && manual.length === networks.length)
    throw invalid('a firewall requires at least one network with autoacquire, or ips');
  if (manual.length > ips.length)
    throw invalid(
      `${pluralize(manual.length, 'network has', 'networks have')} autoacquire=false, expected at least as many ips, got ${ips.length}`,
    );
}

/**
 * Determines the networks of a machine or firewall and where their addresses come from. Order: primary, shared,
 * external, underlay; within each group, the order of the request. Throws the error of the first violated rule, in the
 * order of docs/reference/machine-networks.md#classification.
 */
export function assignNetworks(request: NetworkRequest, snapshot: NetworkSnapshot): NetworkAssignment[] {
  if (!snapshot.superOf(request.partitionId))
    throw invalid(`partition "${request.partitionId}" has no private super network`);
  const classified = classify(request, snapshot);
  const privates = classified.filter(({ type }) => isPrivate(type));
  const primary = privates.find(({ type }) => isPrivatePrimary(type)) as NetworkAssignment;
  if (request.role === 'machine' && privates.length > 1)
    throw invalid(`expected exactly one private network for a machine, got ${idsOf(privates)}`);
  if (primary.network.projectId !== request.projectId)
    throw invalid(
      `network "${primary.network.id}" belongs to ${entityLabel('project', primary.network.projectId)}, not to project "${request.projectId}"`,
    );
  const assignments = withIps(request, snapshot, classified);
  for (const network of assignments.filter(({ type }) => isPrivate(type))) checkPrivate(network, request.partitionId);
  if (request.role === 'firewall') assignments.push(underlay(request.partitionId, snapshot));
  if (request.role === 'firewall') checkReachability(assignments);
  return ORDER.flatMap((type) => assignments.filter((network) => network.type === type));
}

/** Rules 2 to 5: classifies each network. Exactly one network of the result is primary. */
function classify({ networks }: NetworkRequest, snapshot: NetworkSnapshot): NetworkAssignment[] {
  const assignments = networks.map(({ networkId, autoAcquire }): NetworkAssignment => {
    const network = lookUp(networkId, snapshot);
    const type = isChild(network) ? (network.shared ? 'privatesecondaryshared' : 'privateprimaryunshared') : 'external';
    return { network, type, auto: autoAcquire, ips: [] };
  });
  const unshared = assignments.filter(({ type }) => type === 'privateprimaryunshared');
  if (unshared.length > 1) throw invalid(`expected at most one unshared private network, got ${idsOf(unshared)}`);
  const twice = firstRepeated(networks.map(({ networkId }) => networkId));
  if (twice !== undefined) throw invalid(`network "${twice}" is listed twice`);
  const shared = assignments.filter(({ type }) => type === 'privatesecondaryshared');
  if (unshared.length + shared.length === 0) throw invalid('no private network given, expected one of the project');
  if (unshared.length === 1) return assignments;
  if (shared.length > 1)
    throw invalid(`without an unshared private network, expected exactly one shared network, got ${idsOf(shared)}`);
  return assignments.map((network) =>
    network.type === 'privatesecondaryshared' ? { ...network, type: 'privateprimaryshared' } : network,
  );
}

function lookUp(id: string, snapshot: NetworkSnapshot): Network {
  const network = snapshot.network(id);
  if (!network) throw notFound('network', id);
  if (network.underlay) throw invalid(`network "${id}" is an underlay; the server adds it to firewalls automatically`);
  if (network.privateSuper)
    throw invalid(`network "${id}" is a private super network; allocate a child network from it`);
  return network;
}

/** Rule 8: in a network with given addresses, no address is acquired automatically. */
function withIps(
  request: NetworkRequest,
  snapshot: NetworkSnapshot,
  assignments: readonly NetworkAssignment[],
): NetworkAssignment[] {
  const given = new Map<string, string[]>(assignments.map(({ network }) => [network.id, []]));
  for (const address of new Set(request.ips.map(readIp))) {
    const ip = snapshot.ip(address);
    if (!ip) throw notFound('ip', address);
    if (ip.projectId !== request.projectId)
      throw invalid(
        `ip ${address} belongs to ${entityLabel('project', ip.projectId)}, not to project "${request.projectId}"`,
      );
    const ofNetwork = given.get(ip.networkId);
    if (!ofNetwork)
      throw invalid(`ip ${address} is in network "${ip.networkId}", which is not among the networks of the request`);
    ofNetwork.push(address);
  }
  return assignments.map((network) => {
    const ips = given.get(network.network.id);
    return ips?.length ? { ...network, auto: false, ips } : network;
  });
}

/** Rule 9. */
function checkPrivate({ network, auto, ips }: NetworkAssignment, partitionId: string): void {
  if (network.partitionId !== partitionId)
    throw invalid(
      `network "${network.id}" is in ${entityLabel('partition', network.partitionId)}, the machine in partition "${partitionId}"`,
    );
  if (!auto && ips.length === 0)
    throw invalid(`network "${network.id}" has autoacquire=false, but none of the ips is in it`);
}

/** Rule 10. */
function underlay(partitionId: string, snapshot: NetworkSnapshot): NetworkAssignment {
  const network = snapshot.underlayOf(partitionId);
  if (!network) throw invalid(`partition "${partitionId}" has no underlay network; a firewall requires one`);
  return { network, type: 'underlay', auto: true, ips: [] };
}

/**
 * Checks what the configurator on the firewall requires. Without it the installation panics, although the original
 * accepted the request (docs/reference/machine-networks.md#classification, metal-api#238).
 */
function checkReachability(assignments: readonly NetworkAssignment[]): void {
  const external = assignments.filter(({ type }) => type === 'external');
  const leadsOut = assignments.some(
    ({ type, network }) =>
      type === 'privatesecondaryshared' && network.destinationPrefixes.some((p) => p.endsWith('/0')),
  );
  if (external.length === 0 && !leadsOut)
    throw invalid('a firewall requires an external network, or a shared one with a default route');
  const blind = external.find(({ network }) => network.destinationPrefixes.length === 0);
  if (blind)
    throw invalid(`external network "${blind.network.id}" has no destination prefixes; a firewall cannot use it`);
  const flat = assignments.find(({ type, network }) => type !== 'underlay' && network.vrf === 0);
  if (flat) throw invalid(`network "${flat.network.id}" has no VRF; a firewall cannot use it`);
}

/** Returns the canonical text. Throws `invalid`. */
function readIp(text: string): string {
  const ip = Ip.tryParseUnmapped(text);
  if (!ip) throw invalid(`ips: ${quoteText(text, 60)} is not an IP address`);
  return ip.toString();
}

const idsOf = (assignments: readonly NetworkAssignment[]): string =>
  assignments.map(({ network }) => `"${network.id}"`).join(', ');
