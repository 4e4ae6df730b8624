import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, timestamp, type Clock } from '../../shared/clock.js';
import { checkId } from '../../shared/entity.js';
import { DomainError, invalid, isDomainError, malformed } from '../../shared/errors/domain-error.js';
import { JointRuns } from '../../shared/joint-runs.js';
import { remembered } from '../../shared/remembered.js';
import { Entities } from '../../platform/store/entities.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { IpamService } from '../ipam/ipam.service.js';
import { handedOut, NO_USAGE, spacesWithout, sumUsage, usageOf, type ChildLedger, type Usage } from '../ipam/ipam.js';
import { PartitionReferences } from '../partition/partition.js';
import { PartitionService } from '../partition/partition.service.js';
import { PoolService } from '../pool/pool.service.js';
import { ProjectReferences } from '../project/project.js';
import { ProjectService } from '../project/project.service.js';
import { familiesOf, isChild, IpInquiry, NetworkReferences, prefixesOf, type Network } from './network.js';
import { planChange, type NetworkChange } from './network-change.js';
import {
  checkNat,
  childRequests,
  draftChild,
  draftNetwork,
  type ChildSpec,
  type NetworkSpec,
} from './network-draft.js';
import { NetworkLifecycle, newNetworkId } from './network-lifecycle.js';
import { NetworkPrefixes, rolesOf, SUPER_ROLE } from './network-prefixes.js';
import { networkFilter, type NetworkQuery } from './network-query.js';
import type { WantedNetwork } from './machine-networks.js';
import { wantedNetworks, type NetworkRequest } from './wanted-networks.js';
import { networkTable, type NetworkIndex } from './network.table.js';
import type { AddressFamily } from '../../shared/net/family.js';

/** Usage per address family that the network has prefixes of. */
export type Consumption = Readonly<Partial<Record<AddressFamily, Usage>>>;

/** `acquired` are the numbers of addresses of the prefixes of the network. */
const consumptionOf = remembered(
  (network: Network, ledger: ChildLedger | undefined, ...acquired: readonly number[]): Consumption => {
    const usages = new Map(network.prefixes.map((text, index) => [text, usageOf(text, acquired[index] ?? 0, ledger)]));
    const sumOf = (family: AddressFamily): Usage =>
      prefixesOf(network.prefixes, family)
        .map((prefix) => usages.get(prefix) ?? NO_USAGE)
        .reduce(sumUsage, NO_USAGE);
    return Object.fromEntries(familiesOf(network.prefixes).map((family) => [family, sumOf(family)]));
  },
);

/** Networks: made by administrators, or cut from a partition's private super network for a project. */
@Injectable()
export class NetworkService extends Entities<Network, NetworkIndex> {
  private readonly lifecycle: NetworkLifecycle;
  private readonly prefixes: NetworkPrefixes;
  /** Reads of networks, each for all addresses of it that were stored before. */
  private readonly confirmations: JointRuns<undefined, Network | undefined>;

  constructor(
    @InjectTable(networkTable) networks: Table<Network, NetworkIndex>,
    private readonly ipam: IpamService,
    private readonly pools: PoolService,
    private readonly projects: ProjectService,
    private readonly partitions: PartitionService,
    private readonly ips: IpInquiry,
    references: NetworkReferences,
    projectReferences: ProjectReferences,
    partitionReferences: PartitionReferences,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    super('network', networks);
    this.lifecycle = new NetworkLifecycle(networks, ipam, pools, references, clock);
    this.prefixes = new NetworkPrefixes(networks, ipam);
    this.confirmations = new JointRuns(async (id, askers) => {
      const network = await networks.fresh(id);
      return askers.map(() => network);
    }, Number.MAX_SAFE_INTEGER);
    const idsBy = (index: NetworkIndex) => (key: string) => networks.by(index, key).map(({ id }) => id);
    references.add({ what: 'child networks', idsOf: idsBy('parent') });
    projectReferences.add({ what: 'networks', idsOf: idsBy('project') });
    partitionReferences.add({ what: 'networks', idsOf: idsBy('partition') });
  }

  /** `undefined` also for a network that is still being made. */
  override find(id: string): Network | undefined {
    const network = super.find(id);
    return network?.status === 'creating' ? undefined : network;
  }

  override list(accept: (network: Network) => boolean = () => true): Network[] {
    return super.list((network) => network.status !== 'creating' && accept(network));
  }

  /** Also those that are still being made, ordered by id. */
  listAll(): Network[] {
    return super.list();
  }

  /** Ordered by id. Throws `malformed` for a prefix and `invalid` for an address family that is none. */
  search(query: NetworkQuery): Network[] {
    return this.list(networkFilter(query));
  }

  /** The very same object as long as nothing of it changes. */
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
   * Creates a top-level network; checks in the order of reference/20 §2.2. A taken id is told before anything else
   * that depends on stored networks: `metalctl apply` then updates. On failure nothing stays behind.
   */
  async create(spec: NetworkSpec): Promise<Network> {
    if (spec.projectId) this.projects.get(spec.projectId);
    const draft = draftNetwork(spec, this.partitions.find(spec.partitionId ?? '')?.privateNetworkPrefixLength);
    const id = spec.id || newNetworkId();
    checkId('network', id);
    if (this.table.get(id)) throw new DomainError('already-exists', `network with id "${id}" already exists`);
    this.ipam.refuseOverlap(id, draft.prefixes);
    if (spec.partitionId !== undefined) this.partitions.get(spec.partitionId);
    const reservation = { owner: id, prefixes: draft.prefixes, roles: rolesOf(draft) };
    await asRuleOfCreation(() => this.ipam.refuseTakenRoles(id, reservation.roles));
    checkNat(draft);
    return this.lifecycle.establish(id, draft, async () => {
      await asRuleOfCreation(() => this.ipam.reserve(reservation));
      if (draft.privateSuper) await this.ipam.openChildren(id, draft.prefixes);
      if (spec.vrf) await this.pools.acquireThisVrf(spec.vrf, id, spec.vrfShared ?? false);
      return { vrf: spec.vrf ?? 0 };
    });
  }

  /** Cuts a child network from the private super network of a partition (reference/20 §2.5); all or nothing. */
  async allocate(spec: ChildSpec): Promise<Network> {
    if (!spec.projectId) throw malformed('projectid must not be empty');
    if (!spec.partitionId) throw malformed('partitionid must not be empty');
    this.projects.get(spec.projectId);
    this.partitions.get(spec.partitionId);
    const parent = this.superOf(spec.partitionId);
    if (!parent) throw new DomainError('not-found', `partition "${spec.partitionId}" has no private super network`);
    const draft = draftChild(spec, parent);
    const requests = childRequests(spec, parent);
    this.prefixes.refuseChildren(parent);
    return this.lifecycle.establish(newNetworkId(), draft, async (id) => {
      const vrf = await this.pools.acquireVrf(id);
      const prefixes = await this.ipam.takeChildren(parent.id, id, requests, this.lifecycle.statusOf);
      this.prefixes.refuseChildren(parent);
      return { vrf, prefixes };
    });
  }

  /** Throws as reference/20 §2.3 says; `conflict` when somebody else changed the network meanwhile. */
  async update(id: string, change: NetworkChange, force: boolean): Promise<Network> {
    const current = this.get(id);
    if (current.status !== 'active') throw invalid(`network "${id}" is being deleted`);
    const planned = planChange(current, change, force, timestamp(this.clock.now()));
    return this.prefixes.change(current, planned);
  }

  /**
   * Gives a child network back: its prefixes, its VRF. Throws `not-found`, and `invalid` for a top-level network and
   * while addresses or machines are in it.
   */
  async free(id: string): Promise<Network> {
    const network = this.get(id);
    if (!isChild(network))
      throw invalid(`network "${id}" is no child of a private super network, it can only be deleted`);
    await this.lifecycle.retire(id);
    return network;
  }

  /** Deletes any network, a child like `free`. Throws `not-found`, and `invalid` while it is in use. */
  async delete(id: string): Promise<Network> {
    const network = this.get(id);
    await this.lifecycle.retire(id);
    return network;
  }

  /**
   * The networks that an allocation gets in a partition, and how (reference/20 §4.2). Throws the first rule that refuses.
   */
  wanted(request: Omit<NetworkRequest, 'partitionId'>, partitionId: string): WantedNetwork[] {
    return wantedNetworks(
      { ...request, partitionId },
      {
        network: (id) => {
          const network = this.find(id);
          return network?.status === 'active' ? network : undefined;
        },
        ip: (address) => this.ips.ask(address),
        superOf: (id) => this.superOf(id),
        underlayOf: (id) => this.underlayOf(id),
      },
    );
  }

  /**
   * To be asked after an address of this prefix was stored: throws `invalid` when the network, as the database has it
   * now, no longer takes addresses. Together with the mark that deletion sets first, no address outlives its network.
   */
  async confirmAddress(id: string, prefix: string): Promise<void> {
    const network = await this.confirmations.join(id, undefined);
    if (network?.status !== 'active') throw invalid(`network "${id}" is being deleted`);
    if (!network.prefixes.includes(prefix)) throw invalid(`prefix ${prefix} was removed from network "${id}"`);
    if (network.privateSuper) await this.refuseParent(id);
  }

  /** A super network gives either addresses or children (reference/20 §8.4). Throws `invalid` when it has children. */
  async refuseParent(id: string): Promise<void> {
    if ((await this.ipam.countChildren(id)) > 0)
      throw invalid(`network "${id}" gives child networks and therefore no addresses`);
  }

  /** Undoes and finishes what crashes left behind with a deadline before `time` (in milliseconds); returns the ids. */
  async sweep(time = this.clock.now()): Promise<string[]> {
    const finished = await this.lifecycle.sweep(time);
    return [...finished, ...(await this.prefixes.sweep(time === Number.POSITIVE_INFINITY))];
  }

  /** Whether the database has the network, in whatever state; also brings memory up to date. */
  async exists(id: string): Promise<boolean> {
    return (await this.table.fresh(id)) !== undefined;
  }

  /** Whether the network, as memory has it or else the database, has this prefix and is not about to lose it. */
  async hasPrefix(id: string, prefix: string): Promise<boolean> {
    const has = (network: Network | undefined): boolean =>
      network !== undefined && network.status !== 'deleting' && network.prefixes.includes(prefix);
    return has(this.table.get(id)) || has(await this.table.fresh(id));
  }

  /** Makes what IPAM has reserved for a network follow the network. Throws `conflict`, `invalid`; see `realign` there. */
  realign(id: string): Promise<void> {
    return this.prefixes.realign(id);
  }

  /**
   * Makes the ledger of a super network follow the documents of its children. `settled` must resolve when this process
   * has seen all writes that were made before. Throws `conflict` when somebody wrote the ledger meanwhile.
   */
  async recountChildren(id: string, settled: () => Promise<void>): Promise<void> {
    await this.ipam.correctChildren(id, async (journal) => {
      await settled();
      const network = await this.table.fresh(id);
      if (!network?.privateSuper) return undefined;
      const blocks = handedOut(journal, this.table.by('parent', id));
      return spacesWithout(network.prefixes, [...blocks.values()].flat());
    });
  }

  /** Gives back what a journal of a super network says was taken for a network that does not exist. Idempotent. */
  async giveBackFor(superId: string, owner: string): Promise<void> {
    if (await this.exists(owner)) throw invalid(`network "${owner}" exists`);
    await this.ipam.giveBackChildren(superId, owner, [], this.lifecycle.statusOf);
  }
}

/** A second super network is a wrong request, a second underlay a refused one (reference/20 §2.2 step 11). */
async function asRuleOfCreation(check: () => void | Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!isDomainError(error, 'conflict') || typeof error.details?.['role'] !== 'string') throw error;
    throw error.details['role'].startsWith(SUPER_ROLE) ? malformed(error.message) : invalid(error.message);
  }
}
