import { firstRepeated } from '../../shared/contains-all.js';
import { invalid, notFound } from '../../shared/errors/domain-error.js';
import { Ip } from '../../shared/net/ip.js';
import { quoted } from '../../shared/text.js';
import { isPrivate, isPrivatePrimary, type MachineNetworkType, type WantedNetwork } from './machine-networks.js';
import { isChild, type Network } from './network.js';

/** The networks and addresses that an allocation names. */
export interface NetworkRequest {
  readonly role: 'machine' | 'firewall';
  readonly projectId: string;
  /** Partition of the machine. */
  readonly partitionId: string;
  readonly networks: readonly { readonly networkId: string; readonly autoAcquire: boolean }[];
  /** Existing addresses to use. */
  readonly ips: readonly string[];
}

/** What the rules look up; answers come from memory. */
export interface NetworkSnapshot {
  network(id: string): Network | undefined;
  /** By canonical text. */
  ip(address: string): { readonly projectId: string; readonly networkId: string } | undefined;
  superOf(partitionId: string): Network | undefined;
  underlayOf(partitionId: string): Network | undefined;
}

/** Order of the result: clients take the first private network, and the first address, as the machine's own. */
const ORDER: readonly MachineNetworkType[] = [
  'privateprimaryunshared',
  'privateprimaryshared',
  'privatesecondaryshared',
  'external',
  'underlay',
];

/** Checks a request before a machine is chosen for it (reference/20 §4.1). Throws `invalid`. */
export function checkNetworkRequest({ role, networks, ips }: Pick<NetworkRequest, 'role' | 'networks' | 'ips'>): void {
  for (const text of ips) readIp(text);
  const manual = networks.filter(({ autoAcquire }) => !autoAcquire);
  if (role === 'firewall' && ips.length === 0 && manual.length === networks.length)
    throw invalid('a firewall needs at least one network with autoacquire, or ips');
  if (manual.length > ips.length)
    throw invalid(`${manual.length} networks with autoacquire=false need as many ips, got ${ips.length}`);
}

/**
 * Which networks a machine or firewall gets, and how: primary first, then shared ones, external ones, the underlay,
 * each in the order of the request. Throws the first rule that refuses, in the order of reference/20 §4.2.
 */
export function wantedNetworks(request: NetworkRequest, snapshot: NetworkSnapshot): WantedNetwork[] {
  if (!snapshot.superOf(request.partitionId))
    throw invalid(`partition "${request.partitionId}" has no private super network`);
  const classified = classify(request, snapshot);
  const privates = classified.filter(({ type }) => isPrivate(type));
  const primary = privates.find(({ type }) => isPrivatePrimary(type)) as WantedNetwork;
  if (request.role === 'machine' && privates.length > 1)
    throw invalid(`a machine has one private network, got ${idsOf(privates)}`);
  if (primary.network.projectId !== request.projectId)
    throw invalid(
      `network "${primary.network.id}" belongs to project "${primary.network.projectId}", not "${request.projectId}"`,
    );
  const wanted = withIps(request, snapshot, classified);
  for (const network of wanted.filter(({ type }) => isPrivate(type))) checkPrivate(network, request.partitionId);
  if (request.role === 'firewall') wanted.push(underlay(request.partitionId, snapshot));
  if (request.role === 'firewall') checkReachability(wanted);
  return ORDER.flatMap((type) => wanted.filter((network) => network.type === type));
}

/** Rules 2 to 5: what each network is. Exactly one of the result is primary. */
function classify({ networks }: NetworkRequest, snapshot: NetworkSnapshot): WantedNetwork[] {
  const wanted = networks.map(({ networkId, autoAcquire }): WantedNetwork => {
    const network = lookUp(networkId, snapshot);
    const type = isChild(network) ? (network.shared ? 'privatesecondaryshared' : 'privateprimaryunshared') : 'external';
    return { network, type, auto: autoAcquire, ips: [] };
  });
  const unshared = wanted.filter(({ type }) => type === 'privateprimaryunshared');
  if (unshared.length > 1) throw invalid(`only one unshared private network is possible, got ${idsOf(unshared)}`);
  const twice = firstRepeated(networks.map(({ networkId }) => networkId));
  if (twice !== undefined) throw invalid(`network "${twice}" is given twice`);
  const shared = wanted.filter(({ type }) => type === 'privatesecondaryshared');
  if (unshared.length + shared.length === 0) throw invalid('no private network given, one of the project is needed');
  if (unshared.length === 1) return wanted;
  if (shared.length > 1)
    throw invalid(`without an unshared private network only one shared network is possible, got ${idsOf(shared)}`);
  return wanted.map((network) =>
    network.type === 'privatesecondaryshared' ? { ...network, type: 'privateprimaryshared' } : network,
  );
}

function lookUp(id: string, snapshot: NetworkSnapshot): Network {
  const network = snapshot.network(id);
  if (!network) throw notFound('network', id);
  if (network.underlay) throw invalid(`network "${id}" is an underlay, which the server itself adds for firewalls`);
  if (network.privateSuper) throw invalid(`network "${id}" is a private super network, allocate a child network of it`);
  return network;
}

/** Rule 8: given addresses switch off auto acquisition in their networks. */
function withIps(
  request: NetworkRequest,
  snapshot: NetworkSnapshot,
  wanted: readonly WantedNetwork[],
): WantedNetwork[] {
  const given = new Map<string, string[]>(wanted.map(({ network }) => [network.id, []]));
  for (const address of new Set(request.ips.map(readIp))) {
    const ip = snapshot.ip(address);
    if (!ip) throw notFound('ip', address);
    if (ip.projectId !== request.projectId)
      throw invalid(`ip ${address} belongs to project "${ip.projectId}", not "${request.projectId}"`);
    const ofNetwork = given.get(ip.networkId);
    if (!ofNetwork)
      throw invalid(`ip ${address} is in network "${ip.networkId}", which is not among the networks of the request`);
    ofNetwork.push(address);
  }
  return wanted.map((network) => {
    const ips = given.get(network.network.id);
    return ips?.length ? { ...network, auto: false, ips } : network;
  });
}

/** Rule 9. */
function checkPrivate({ network, auto, ips }: WantedNetwork, partitionId: string): void {
  if (network.partitionId !== partitionId)
    throw invalid(`network "${network.id}" is in partition "${network.partitionId}", the machine in "${partitionId}"`);
  if (!auto && ips.length === 0)
    throw invalid(`network "${network.id}" has autoacquire=false, but none of the ips is in it`);
}

/** Rule 10. */
function underlay(partitionId: string, snapshot: NetworkSnapshot): WantedNetwork {
  const network = snapshot.underlayOf(partitionId);
  if (!network) throw invalid(`partition "${partitionId}" has no underlay network, which a firewall needs`);
  return { network, type: 'underlay', auto: true, ips: [] };
}

/**
 * What the configurator on the firewall needs, without which the installation panics although the original accepted the
 * request (reference/20 §4.2, metal-api#238).
 */
function checkReachability(wanted: readonly WantedNetwork[]): void {
  const external = wanted.filter(({ type }) => type === 'external');
  const leadsOut = wanted.some(
    ({ type, network }) =>
      type === 'privatesecondaryshared' && network.destinationPrefixes.some((p) => p.endsWith('/0')),
  );
  if (external.length === 0 && !leadsOut)
    throw invalid('a firewall needs an external network, or a shared one with a default route');
  const blind = external.find(({ network }) => network.destinationPrefixes.length === 0);
  if (blind)
    throw invalid(`external network "${blind.network.id}" has no destination prefixes, a firewall cannot use it`);
  const flat = wanted.find(({ type, network }) => type !== 'underlay' && network.vrf === 0);
  if (flat) throw invalid(`network "${flat.network.id}" has no VRF, a firewall cannot use it`);
}

/** Canonical text. */
function readIp(text: string): string {
  const ip = Ip.read(text);
  if (!ip) throw invalid(`ips: ${quoted(text, 60)} is not an IP address`);
  return ip.toString();
}

const idsOf = (wanted: readonly WantedNetwork[]): string => wanted.map(({ network }) => `"${network.id}"`).join(', ');
