import { Prefix } from '../../../shared/net/prefix.js';
import { PrefixIndex } from '../../../shared/net/prefix-index.js';
import { handedOut, spacesWithout, type ChildLedger } from '../../ipam/ipam.js';
import { isChild, type Network } from '../../network/network.js';
import { finding, OVERDUE, type Finding, type Snapshot } from '../fsck.js';

const net = (id: string): string => `network ${id}`;

/** Everything that is said of networks and their prefixes. */
export function* checkNetworks(snapshot: Snapshot): Iterable<Finding | undefined> {
  yield* references(snapshot);
  yield* overlaps(snapshot);
  yield* roles(snapshot);
  yield* reservations(snapshot);
  yield* unfinished(snapshot);
  yield* childLedgers(snapshot);
}

function* references({ networks, partitions, projects }: Snapshot): Iterable<Finding | undefined> {
  for (const { id, partitionId, projectId, parentNetworkId } of networks.values()) {
    yield undefined;
    const wrong = (message: string): Finding => finding('network-references', [net(id)], message);
    if (partitionId && !partitions.has(partitionId)) yield wrong(`partition "${partitionId}" does not exist`);
    if (projectId && !projects.has(projectId)) yield wrong(`project "${projectId}" does not exist`);
    if (!parentNetworkId) continue;
    const parent = networks.get(parentNetworkId);
    if (!parent) yield wrong(`parent network "${parentNetworkId}" does not exist`);
    else if (!parent.privateSuper || parent.partitionId !== partitionId)
      yield wrong(`parent network "${parentNetworkId}" is no private super network of partition "${partitionId}"`);
  }
}

interface Block {
  readonly owner: string;
  readonly prefix: Prefix;
}

const blocksOf = (networks: readonly Network[]): Block[] =>
  networks
    .flatMap(({ id, prefixes }) => prefixes.map((text) => ({ owner: id, prefix: Prefix.parse(text) })))
    .sort((a, b) => Prefix.compare(a.prefix, b.prefix));

/** A network that is going may have given its prefixes back already, and others have them. */
function* overlaps({ networks }: Snapshot): Iterable<Finding | undefined> {
  for (const [parentId, members] of byParent(networks)) {
    const blocks = blocksOf(members.filter(({ status }) => status !== 'deleting'));
    // Sorted, so that a block that overlaps an earlier one overlaps the widest-reaching one before it.
    let before: Block | undefined;
    for (const block of blocks) {
      yield undefined;
      if (before?.prefix.overlaps(block.prefix))
        yield finding(
          'network-prefixes',
          [net(before.owner), net(block.owner)],
          `${before.prefix.toString()} and ${block.prefix.toString()} overlap`,
        );
      else before = block;
    }
    const parent = networks.get(parentId);
    if (parent) yield* outside(parent, blocks);
  }
}

/** Networks by the id of their parent; top-level ones by `""`. */
function byParent(networks: Snapshot['networks']): Map<string, Network[]> {
  const groups = new Map<string, Network[]>();
  for (const network of networks.values()) {
    const group = groups.get(network.parentNetworkId);
    if (group) group.push(network);
    else groups.set(network.parentNetworkId, [network]);
  }
  return groups;
}

function* outside(parent: Network, blocks: readonly Block[]): Iterable<Finding | undefined> {
  const wholes = new PrefixIndex<true>();
  for (const text of parent.prefixes) wholes.add(Prefix.parse(text), true);
  for (const { owner, prefix } of blocks) {
    yield undefined;
    if ([...wholes.containing(prefix)].length === 0)
      yield finding(
        'network-prefixes',
        [net(owner), net(parent.id)],
        `${prefix.toString()} is in no prefix of the parent`,
      );
  }
}

function* roles({ networks }: Snapshot): Iterable<Finding> {
  const holders = new Map<string, string[]>();
  for (const { id, partitionId, privateSuper, underlay } of networks.values()) {
    if (!partitionId || !(privateSuper || underlay)) continue;
    const role = `${privateSuper ? 'private super network' : 'underlay'} of partition "${partitionId}"`;
    holders.set(role, [...(holders.get(role) ?? []), id]);
  }
  for (const [role, ids] of holders)
    if (ids.length > 1) yield finding('network-roles', ids.map(net), `${ids.length} networks are the ${role}`);
}

/** A network that is coming or going may or may not have its reservation still. */
function* reservations({ networks, reservations: reserved }: Snapshot): Iterable<Finding> {
  const byOwner = new Map(reserved.map(({ owner, prefixes }) => [owner, prefixes]));
  for (const [owner, prefixes] of byOwner) {
    if (!networks.has(owner))
      yield misaligned(owner, `${prefixes.join(', ')} is reserved for a network that does not exist`);
  }
  for (const network of networks.values()) {
    if (network.status !== 'active' || isChild(network)) continue;
    const prefixes = byOwner.get(network.id) ?? [];
    if (prefixes.toSorted().join() !== network.prefixes.toSorted().join())
      yield misaligned(network.id, `has ${network.prefixes.join(', ')}, but reserved is ${prefixes.join(', ') || '-'}`);
  }
}

const misaligned = (id: string, message: string): Finding =>
  finding('network-reservation', [net(id)], message, { action: 'realign-network', network: id });

function* unfinished({ networks, time }: Snapshot): Iterable<Finding> {
  for (const { id, status, deadline } of networks.values()) {
    if (deadline !== undefined && Date.parse(deadline) + OVERDUE < time)
      yield finding('network-unfinished', [net(id)], `${status}, although it should have ended at ${deadline}`);
  }
}

function* childLedgers(snapshot: Snapshot): Iterable<Finding | undefined> {
  const { networks, ledgers } = snapshot;
  const children = byParent(networks);
  for (const [id, ledger] of ledgers) {
    if (!networks.has(id)) yield recount(id, 'there is a ledger for a network that does not exist');
    yield* lostEntries(ledger, networks);
  }
  for (const network of networks.values()) {
    yield undefined;
    if (!network.privateSuper || network.status !== 'active') continue;
    const problem = problemOf(network, ledgers.get(network.id), children.get(network.id) ?? []);
    if (problem) yield recount(network.id, problem);
  }
}

const recount = (network: string, message: string): Finding =>
  finding('child-ledger', [net(network)], message, { action: 'recount-children', network });

/** A document precedes what is taken for it, and is the last to go. */
function* lostEntries({ id, journal }: ChildLedger, networks: Snapshot['networks']): Iterable<Finding> {
  for (const { owner, what, prefixes } of journal) {
    if (what === 'taken' && !networks.has(owner))
      yield finding(
        'child-ledger',
        [net(id), net(owner)],
        `${prefixes.join(', ')} was taken for a network that does not exist`,
        { action: 'give-back-children', network: id, owner },
      );
  }
}

/** What is wrong with the ledger of a super network, if anything. */
function problemOf(
  network: Network,
  ledger: ChildLedger | undefined,
  children: readonly Network[],
): string | undefined {
  if (!ledger) return 'the super network has no ledger of its free space';
  if (ledger.closed) return 'gives no more children, although nobody deletes it';
  const blocks = [...handedOut(ledger.journal, children).values()].flat();
  const expected = spacesWithout(network.prefixes, blocks);
  const spaces = new Map(ledger.spaces.map((space) => [space.prefix, space]));
  for (const { prefix, free, children: count } of expected) {
    const space = spaces.get(prefix);
    if (!space) return `the ledger lacks ${prefix}`;
    if (space.children !== count) return `${prefix} has ${count} children, the ledger counts ${space.children}`;
    if (space.free.join() !== free.join())
      return `of ${prefix} is free: ${free.join(', ')}; according to the ledger: ${space.free.join(', ')}`;
  }
  const prefixes = new Set(network.prefixes);
  const unknown = ledger.spaces.find(({ prefix }) => !prefixes.has(prefix));
  return unknown && `the ledger has ${unknown.prefix}, the network has not`;
}
