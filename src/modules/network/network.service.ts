import { Injectable } from '@nestjs/common';
import { allEnded } from '../../shared/concurrency/all-ended.js';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { timestamp, type Clock } from '../../shared/clock.js';
import { checkId } from '../../shared/entity.js';
import { DomainError, invalid, isDomainError, malformed } from '../../shared/errors/domain-error.js';
import { KeyedBatcher } from '../../shared/concurrency/keyed-batcher.js';
import { EntityService } from '../../platform/store/entity-service.js';
import { newCreatedId } from '../../platform/idempotency/current-execution.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { IpamService } from '../ipam/ipam.service.js';
import { allocatedBlocks, spacesWithout } from '../ipam/ipam.js';
import { PartitionReferences } from '../partition/partition.js';
import { PartitionService } from '../partition/partition.service.js';
import { PoolService } from '../pool/pool.service.js';
import { ProjectReferences } from '../project/project.js';
import { ProjectService } from '../project/project.service.js';
import { isChild, IpOwnerLookup, NetworkReferences, type Network } from './network.js';
import { planChange, type NetworkChange } from './network-change.js';
import { consumptionOf, type Consumption } from './network-consumption.js';
import {
  checkNat,
  childRequests,
  draftChild,
  draftNetwork,
  type ChildSpec,
  type NetworkSpec,
} from './network-draft.js';
import { NetworkLifecycle } from './network-lifecycle.js';
import { NetworkPrefixes, rolesOf, SUPER_ROLE } from './network-prefixes.js';
import { networkFilter, type NetworkQuery } from './network-query.js';
import type { NetworkAssignment } from './machine-networks.js';
import { assignNetworks, type NetworkRequest } from './assign-networks.js';
import { networkTable, type NetworkIndex } from './network.table.js';

/**
 * Manages networks: top-level networks created by administrators, and child networks allocated for projects from a
 * partition's private super network.
 */
@Injectable()
export class NetworkService extends EntityService<Network, NetworkIndex> {
  private readonly lifecycle: NetworkLifecycle;
  private readonly prefixes: NetworkPrefixes;
  /** Batches the reads that confirm addresses: one read serves all addresses of a network stored before it. */
  private readonly confirmations: KeyedBatcher<undefined, Network | undefined>;

  constructor(
    @InjectTable(networkTable) networks: Table<Network, NetworkIndex>,
    private readonly ipam: IpamService,
    private readonly pools: PoolService,
    private readonly projects: ProjectService,
    private readonly partitions: PartitionService,
    private readonly ips: IpOwnerLookup,
    references: NetworkReferences,
    projectReferences: ProjectReferences,
    partitionReferences: PartitionReferences,
    @InjectClock() private readonly clock: Clock,
  ) {
    super('network', networks);
    this.lifecycle = new NetworkLifecycle(networks, ipam, pools, references, clock);
    this.prefixes = new NetworkPrefixes(networks, ipam);
    this.confirmations = new KeyedBatcher(async (id, askers) => {
      const network = await networks.readFresh(id);
      return askers.map(() => network);
    }, Number.MAX_SAFE_INTEGER);
    const idsBy = (index: NetworkIndex) => (key: string) => networks.by(index, key).map(({ id }) => id);
    references.add({ what: 'child networks', idsOf: idsBy('parent') });
    projectReferences.add({ what: 'networks', idsOf: idsBy('project') });
    partitionReferences.add({ what: 'networks', idsOf: idsBy('partition') });
  }

  /** Returns `undefined` for a network that is still being created, too. */
  override find(id: string | undefined): Network | undefined {
    const network = super.find(id);
    return network?.status === 'creating' ? undefined : network;
  }

  override list(accept: (network: Network) => boolean = () => true): Network[] {
    return super.list((network) => network.status !== 'creating' && accept(network));
  }

  /** Includes networks that are still being created; ordered by ID. */
  listAll(): Network[] {
    return super.list();
  }

  /** Ordered by ID. Throws `malformed` for an invalid prefix and `invalid` for an unknown address family. */
  search(query: NetworkQuery): Network[] {
    return this.list(networkFilter(query));
  }

  /** Returns an identical object until the consumption changes. */
  consumption(network: Network): Consumption {
    const counts = network.prefixes.map((prefix) => this.ipam.addresses.count(prefix));
    return consumptionOf(network, this.ipam.ledgerOf(network.id), ...counts);
  }

  /** The private super network of a partition. */
  superOf(partitionId: string): Network | undefined {
    return this.table.by('super', partitionId)[0];
  }

  /** The underlay of a partition. */
  underlayOf(partitionId: string): Network | undefined {
    return this.table.by('underlay', partitionId)[0];
  }

  /**
   * Creates a top-level network; checks in the order of docs/reference/networks.md#create-a-network. A taken ID is
   * reported before any other check against stored networks, because `metalctl apply` then updates the network. A
   * failed creation leaves nothing behind.
   */
  async create(spec: NetworkSpec): Promise<Network> {
    if (spec.projectId) this.projects.get(spec.projectId);
    const draft = draftNetwork(spec, this.partitions.find(spec.partitionId)?.privateNetworkPrefixLength);
    const id = spec.id || newCreatedId();
    checkId('network', id);
    if (this.table.get(id)) throw new DomainError('already-exists', `network with id "${id}" already exists`);
    this.ipam.assertNoOverlap(id, draft.prefixes);
    if (spec.partitionId !== undefined) this.partitions.get(spec.partitionId);
    const reservation = { owner: id, prefixes: draft.prefixes, roles: rolesOf(draft) };
    await asRuleOfCreation(() => this.ipam.assertRolesFree(id, reservation.roles));
    checkNat(draft);
    return this.lifecycle.create(id, draft, async () => {
      await asRuleOfCreation(() => this.ipam.reserve(reservation));
      if (draft.privateSuper) await this.ipam.openChildLedger(id, draft.prefixes);
      if (spec.vrf) await this.pools.acquireSpecificVrf(spec.vrf, id, spec.vrfShared ?? false);
      return { vrf: spec.vrf ?? 0 };
    });
  }

  /**
   * Allocates a child network from the private super network of a partition
   * (docs/reference/networks.md#allocate-a-child-network). All or nothing.
   */
  async allocate(spec: ChildSpec): Promise<Network> {
    if (!spec.projectId) throw malformed('projectid must not be empty');
    if (!spec.partitionId) throw malformed('partitionid must not be empty');
    this.projects.get(spec.projectId);
    this.partitions.get(spec.partitionId);
    const parent = this.superOf(spec.partitionId);
    if (!parent) throw new DomainError('not-found', `partition "${spec.partitionId}" has no private super network`);
    const earlier = await this.lifecycle.createdEarlier();
    if (earlier) return earlier;
    const draft = draftChild(spec, parent);
    const requests = childRequests(spec, parent);
    this.prefixes.assertNoAddresses(parent);
    return this.lifecycle.create(newCreatedId(), draft, async (id) => {
      const [vrf, prefixes] = await allEnded([
        this.pools.acquireVrf(id),
        this.ipam.acquireChildren(parent.id, id, requests, this.lifecycle.statusOf),
      ]);
      this.prefixes.assertNoAddresses(parent);
      return { vrf, prefixes };
    });
  }

  /** Throws the errors of docs/reference/networks.md#update-a-network, and `conflict` on a concurrent modification. */
  async update(id: string, change: NetworkChange, force: boolean): Promise<Network> {
    const current = this.get(id);
    if (current.status !== 'active') throw invalid(`network "${id}" is being deleted`);
    const planned = planChange(current, change, force, timestamp(this.clock.now()));
    return this.prefixes.change(current, planned);
  }

  /**
   * Frees a child network with its prefixes and VRF. Throws `not-found`, and `invalid` for a top-level network or while
   * addresses or machines use it.
   */
  async free(id: string): Promise<Network> {
    const network = this.get(id);
    if (!isChild(network))
      throw invalid(`network "${id}" is not a child of a private super network; delete it instead`);
    await this.lifecycle.delete(id);
    return network;
  }

  /** Deletes any network; a child is freed as by `free`. Throws `not-found`, and `invalid` while it is in use. */
  async delete(id: string): Promise<Network> {
    const network = this.get(id);
    await this.lifecycle.delete(id);
    return network;
  }

  /**
   * Determines the networks of an allocation in a partition, and where their addresses come from
   * (docs/reference/machine-networks.md#classification). Throws the error of the first violated rule.
   */
  assignNetworks(request: Omit<NetworkRequest, 'partitionId'>, partitionId: string): NetworkAssignment[] {
    return assignNetworks(
      { ...request, partitionId },
      {
        network: (id) => {
          const network = this.find(id);
          return network?.status === 'active' ? network : undefined;
        },
        ip: (address) => this.ips.call(address),
        superOf: (id) => this.superOf(id),
        underlayOf: (id) => this.underlayOf(id),
      },
    );
  }

  /**
   * Must be called after an address of this prefix was stored. Throws `invalid` if the network, as the database has it
   * now, no longer accepts addresses. Deletion marks the network first, so no address outlives its network.
   */
  async confirmAddress(id: string, prefix: string): Promise<void> {
    const network = await this.confirmations.submit(id, undefined);
    if (network?.status !== 'active') throw invalid(`network "${id}" is being deleted`);
    if (!network.prefixes.includes(prefix)) throw invalid(`prefix ${prefix} was removed from network "${id}"`);
    if (network.privateSuper) await this.assertNoChildren(id);
  }

  /**
   * A super network has either addresses or children (docs/reference/ipam.md#acquire-an-address). Throws `invalid` if
   * it has children.
   */
  async assertNoChildren(id: string): Promise<void> {
    if ((await this.ipam.countChildren(id)) > 0)
      throw invalid(`network "${id}" has child networks, so no addresses can be allocated in it`);
  }

  /**
   * Undoes or finishes what crashes interrupted, if the deadline is before `time` (in milliseconds). Returns the
   * network IDs.
   */
  async sweep(time = this.clock.now()): Promise<string[]> {
    const finished = await this.lifecycle.sweep(time);
    return [...finished, ...(await this.prefixes.sweep(time === Number.POSITIVE_INFINITY))];
  }

  /** Returns whether the database has the network, in any state; also refreshes memory. */
  async exists(id: string): Promise<boolean> {
    return (await this.table.readFresh(id)) !== undefined;
  }

  /** Returns whether the network, in memory or else in the database, has this prefix and is not about to lose it. */
  async hasPrefix(id: string, prefix: string): Promise<boolean> {
    const has = (network: Network | undefined): boolean =>
      network !== undefined && network.status !== 'deleting' && network.prefixes.includes(prefix);
    return has(this.table.get(id)) || has(await this.table.readFresh(id));
  }

  /**
   * Aligns the reservation of a network in IPAM with the network. Throws `conflict`, `invalid`; see
   * `NetworkPrefixes.realign`.
   */
  realign(id: string): Promise<void> {
    return this.prefixes.realign(id);
  }

  /**
   * Rebuilds the ledger of a super network from the documents of its children. `settled` must resolve when this process
   * has seen all earlier writes. Throws `conflict` on a concurrent write of the ledger.
   */
  async recountChildren(id: string, settled: () => Promise<void>): Promise<void> {
    await this.ipam.reconcileChildren(id, async (journal) => {
      await settled();
      const network = await this.table.readFresh(id);
      if (!network?.privateSuper) return undefined;
      const blocks = allocatedBlocks(journal, this.table.by('parent', id));
      return spacesWithout(network.prefixes, [...blocks.values()].flat());
    });
  }

  /**
   * Releases the prefixes that the journal of a super network records for a network that does not exist. Idempotent.
   */
  async releaseChildrenOf(superId: string, owner: string): Promise<void> {
    if (await this.exists(owner)) throw invalid(`network "${owner}" exists`);
    await this.ipam.releaseChildren(superId, owner, [], this.lifecycle.statusOf);
  }
}

/**
 * A second super network makes the request malformed; a second underlay is a refusal
 * (docs/reference/networks.md#create-a-network step 11).
 */
async function asRuleOfCreation(check: () => void | Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!isDomainError(error, 'conflict') || typeof error.details?.['role'] !== 'string') throw error;
    throw error.details['role'].startsWith(SUPER_ROLE) ? malformed(error.message) : invalid(error.message);
  }
}
