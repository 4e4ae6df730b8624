import { Prefix } from '../../../shared/net/prefix.js';
import { PrefixIndex } from '../../../shared/net/prefix-index.js';
import { allocatedBlocks, spacesWithout, type ChildLedger } from '../../ipam/ipam.js';
import { isChild, type Network } from '../../network/network.js';
import { finding, OVERDUE, type Finding, type Snapshot } from '../fsck.js';

const net = (id: string): string => `network ${id}`;

/** Checks networks and their prefixes. */
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
      yield wrong(`parent network "${parentNetworkId}" is not a private super network of partition "${partitionId}"`);
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

/** Skips networks that are being deleted: their prefixes may be released and allocated again already. */
function* overlaps({ networks }: Snapshot): Iterable<Finding | undefined> {
  for (const [parentId, members] of byParent(networks)) {
    const blocks = blocksOf(members.filter(({ status }) => status !== 'deleting'));
    // Sorted: a block that overlaps any earlier one therefore overlaps the farthest-reaching one before it.
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
    const parent = parentId === undefined ? undefined : networks.get(parentId);
    if (parent) yield* outside(parent, blocks);
  }
}

/** Networks by their parent's ID; top-level ones under `undefined`. */
function byParent(networks: Snapshot['networks']): Map<string | undefined, Network[]> {
  const groups = new Map<string | undefined, Network[]>();
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
        `${prefix.toString()} is not inside a prefix of the parent`,
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

/** Skips networks that are being created or deleted: they may or may not have their reservation. */
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
      yield misaligned(
        network.id,
        `has ${network.prefixes.join(', ')}, but its reservation is ${prefixes.join(', ') || '-'}`,
      );
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
    if (!networks.has(id)) yield recount(id, 'there is a child ledger for a network that does not exist');
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

/** A child's document is written before prefixes are taken for it, and is removed last. */
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

/** Returns the problem with the ledger of a super network, if there is one. */
function problemOf(
  network: Network,
  ledger: ChildLedger | undefined,
  children: readonly Network[],
): string | undefined {
  if (!ledger) return 'the super network has no child ledger';
  if (ledger.closed) return 'its ledger is closed, although it is not being deleted';
  const blocks = [...allocatedBlocks(ledger.journal, children).values()].flat();
  const expected = spacesWithout(network.prefixes, blocks);
  const spaces = new Map(ledger.spaces.map((space) => [space.prefix, space]));
  for (const { prefix, free, children: count } of expected) {
    const space = spaces.get(prefix);
    if (!space) return `${prefix} is missing from the ledger`;
    if (space.children !== count) return `${prefix} has ${count} children, but the ledger counts ${space.children}`;
    if (space.free.join() !== free.join())
      return `free in ${prefix}: ${free.join(', ')}, but according to the ledger: ${space.free.join(', ')}`;
  }
  const prefixes = new Set(network.prefixes);
  const unknown = ledger.spaces.find(({ prefix }) => !prefixes.has(prefix));
  return unknown && `the ledger has ${unknown.prefix}, but the network does not`;
}
