import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { timestamp, type Clock } from '../../shared/clock.js';
import { byId } from '../../shared/entity.js';
import { invalid, malformed, notFound } from '../../shared/errors/domain-error.js';
import type { AddressFamily } from '../../shared/net/family.js';
import { Ip } from '../../shared/net/ip.js';
import type { PrefixList } from '../../shared/net/prefix-list.js';
import { Prefix } from '../../shared/net/prefix.js';
import { entityLabel, quoteText } from '../../shared/text.js';
import type { AllocationId, BundleId, MachineId } from '../../shared/id.js';
import { EntityService } from '../../platform/store/entity-service.js';
import { createdEarlier, newCreatedId } from '../../platform/idempotency/current-execution.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { IpamService } from '../ipam/ipam.service.js';
import type { NetworkAssignment } from '../network/machine-networks.js';
import { familiesOf, IpOwnerLookup, type Network } from '../network/network.js';
import { NetworkService } from '../network/network.service.js';
import { ProjectReferences } from '../project/project.js';
import { ProjectService } from '../project/project.service.js';
import {
  attach,
  canonicalAddress,
  changeIp,
  confirm,
  detach,
  dropMachineTag,
  machineTag,
  refuseHeld,
  scopeOf,
  type IpAddress,
  type IpChange,
  type ReleaseReason,
} from './ip.js';
import { attachmentOf, draftForAllocation, draftIp, familyOf, type AllocationOwner, type IpSpec } from './ip-draft.js';
import { bestIndex, ipFilter, type IpQuery } from './ip-query.js';
import { IpStore, type IpDraft } from './ip-store.js';
import { ipTable, type IpIndex } from './ip.table.js';
import { ProjectAddresses } from './project-addresses.js';

/** Maximum age of an unconfirmed address that the sweep after a crash removes without confirmation, in milliseconds. */
const RECENT = 3600_000;

/** Manages addresses: allocated by users and for machine allocations, updated, and freed. */
@Injectable()
export class IpService extends EntityService<IpAddress, IpIndex> {
  private readonly store: IpStore;
  private readonly ofProjects: ProjectAddresses;

  constructor(
    @InjectTable(ipTable) ips: Table<IpAddress, IpIndex>,
    ipam: IpamService,
    private readonly networks: NetworkService,
    private readonly projects: ProjectService,
    projectReferences: ProjectReferences,
    lookup: IpOwnerLookup,
    @InjectClock() private readonly clock: Clock,
  ) {
    super('ip', ips);
    this.store = new IpStore(ips, ipam, networks, clock);
    this.ofProjects = new ProjectAddresses(ips);
    projectReferences.add({ what: 'ips', idsOf: (projectId) => ips.by('project', projectId).map(({ id }) => id) });
    lookup.provide((address) => ips.get(address));
  }

  /** Finds an address by any spelling. */
  override find(id: string): IpAddress | undefined {
    // Addresses of networks that were created inside ::ffff:0:0/96, when that was still possible, are stored in that
    // form.
    return super.find(canonicalAddress(id)) ?? super.find(id);
  }

  /** Finds an address by the text under which it is stored. */
  findStored(id: string): IpAddress | undefined {
    return super.find(id);
  }

  /** Ordered by ID. Throws `invalid` for an unknown address family. */
  search(query: IpQuery): IpAddress[] {
    const matches = ipFilter(query);
    if (query.address !== undefined)
      return [this.find(query.address)].filter((ip) => ip !== undefined && matches(ip)) as IpAddress[];
    const index = bestIndex(query);
    if (!index) return this.list(matches);
    return this.table.by(index.index, index.key).filter(matches).sort(byId);
  }

  /** Returns an identical list until an address of the project is added or removed. */
  addressesOf(projectId: string): PrefixList {
    return this.ofProjects.of(projectId);
  }

  /**
   * Allocates a free address in a network for a project; checks in the order of
   * docs/reference/ip-addresses.md#allocate-an-address.
   */
  async allocate(spec: IpSpec): Promise<IpAddress> {
    const earlier = this.createdEarlier();
    if (earlier) return earlier;
    const { network, family, draft } = this.plan(spec, newCreatedId());
    return this.store.acquireLowest(network, family, draft);
  }

  /** What `allocate` would acquire from: throws what it would throw, except for want of addresses. Changes nothing. */
  check(spec: IpSpec): { readonly network: Network; readonly family: AddressFamily } {
    return this.plan(spec, '');
  }

  /**
   * Like `allocate`, on behalf of a bundle: until `confirmHeld` makes the address the project's own, it belongs to the
   * bundle, and `releaseHeld` frees it.
   */
  async hold(spec: IpSpec, bundle: BundleId): Promise<IpAddress> {
    const { network, family, draft } = this.plan(spec, randomUUID());
    return this.store.acquireLowest(network, family, { ...draft, heldBy: bundle });
  }

  /** Makes an address of a decided bundle its project's own; undefined if it is gone. Idempotent. */
  async confirmHeld(address: string, bundle: BundleId): Promise<IpAddress | undefined> {
    await this.table.readFresh(address); // memory may lack what another process acquired
    return this.store.change(address, (ip) => confirm(ip, bundle));
  }

  /** Frees all addresses that the bundle holds, and no others. Idempotent. */
  async releaseHeld(bundle: BundleId): Promise<void> {
    for (const { id } of this.table.by('held', bundle))
      await this.store.change(id, (ip) => (ip.heldBy === bundle ? 'gone' : ip));
  }

  /** The bundles that hold addresses, as far as memory knows. */
  holders(): ReadonlySet<BundleId> {
    const bundles = new Set<BundleId>();
    for (const { heldBy } of this.table.list()) if (heldBy !== undefined) bundles.add(heldBy);
    return bundles;
  }

  /** Allocates this address. Throws `conflict` if it is taken, `invalid` if it is not in the network. */
  async allocateSpecific(text: string, spec: IpSpec): Promise<IpAddress> {
    const earlier = this.createdEarlier();
    if (earlier) return earlier;
    const network = this.networkOf(spec);
    familyOf(spec, network);
    if (spec.addressFamily) throw malformed('addressfamily must not be given together with a specific ip');
    const draft = draftIp(spec, network, this.projects.get(spec.projectId ?? ''));
    const ip = Ip.tryParseUnmapped(text);
    if (!ip) throw invalid(`${quoteText(text, 60)} is not an IP address`);
    const prefix = network.prefixes.find((candidate) => Prefix.parse(candidate).contains(ip));
    if (!prefix)
      throw invalid(
        `ip ${ip.toString()} is not in network "${network.id}", expected an address of ${network.prefixes.join(', ')}`,
      );
    return this.store.acquireSpecific(network, prefix, ip, draft);
  }

  /** Throws `not-found`, `malformed`. */
  async update(id: string, change: IpChange): Promise<IpAddress> {
    const { id: address } = this.get(id);
    return this.table.update(address, (ip) => changeIp(ip, change, this.now()));
  }

  /** Frees an address. Throws `not-found`, `conflict` while it is held, and `malformed` while a machine uses it. */
  async free(id: string): Promise<IpAddress> {
    const { id: address } = this.get(id);
    const freed = await this.store.change(address, (ip) => {
      refuseHeld(ip);
      if (scopeOf(ip) === 'machine') throw malformed(`ip ${address} is in use by a machine: ${ip.tags.join(', ')}`);
      return 'gone';
    });
    if (!freed) throw notFound('ip', id);
    return freed;
  }

  /**
   * Acquires the addresses of an allocation in a network: the addresses named in the request, which are attached to its
   * machine, or a new ephemeral one per address family, IPv4 first. After a failure, call `releaseAllocation` to undo
   * what was done. Throws `exhausted` if a family has no free address.
   */
  async acquireForAllocation({ network, auto, ips }: NetworkAssignment, owner: AllocationOwner): Promise<string[]> {
    const addresses: string[] = [];
    for (const ip of ips) addresses.push((await this.attach(ip, owner)).id);
    if (!auto) return addresses;
    const families = familiesOf(network.prefixes);
    if (families.length === 0) throw invalid(`network "${network.id}" has no prefixes`);
    for (const family of families)
      addresses.push(
        (await this.store.acquireLowest(network, family, draftForAllocation(network, owner, this.now()))).id,
      );
    return addresses;
  }

  /**
   * Releases all addresses of this allocation, and no others. Ephemeral addresses that no other machine uses are freed;
   * after a failed attempt, only those acquired for it. `recorded` lists addresses that the allocation is known to
   * have, since memory may not yet show what another process acquired. Idempotent.
   */
  async releaseAllocation(
    machineId: MachineId,
    allocation: AllocationId,
    reason: ReleaseReason,
    recorded: readonly string[] = [],
  ): Promise<void> {
    const now = this.now();
    const seen = new Set(this.table.by('allocation', allocation).map(({ id }) => id));
    const unseen = recorded.filter((id) => !seen.has(id));
    await Promise.all(unseen.map((id) => this.table.readFresh(id)));
    for (const id of [...seen, ...unseen]) await this.store.change(id, (ip) => detach(ip, allocation, reason, now));
    if (reason === 'failed') return;
    for (const { id } of this.table.by('tag', machineTag(machineId)))
      await this.store.change(id, (ip) => dropMachineTag(ip, machineId, now));
  }

  /** Removes a tag from an address; the address stays. Idempotent. */
  async dropTag(address: string, tag: string): Promise<void> {
    const now = this.now();
    await this.store.change(address, (ip) =>
      ip.tags.includes(tag) ? { ...ip, tags: ip.tags.filter((one) => one !== tag), changed: now } : ip,
    );
  }

  /**
   * Removes an unused address that outlived its network, or the prefix that it was allocated from. Idempotent. Throws
   * `invalid` if the network still has the prefix.
   */
  async removeOrphaned(address: string): Promise<void> {
    const { networkId, prefix } = this.get(address);
    if (await this.networks.hasPrefix(networkId, prefix))
      throw invalid(`network "${networkId}" still has prefix ${prefix} of ip ${address}`);
    await this.store.change(address, (ip) => (ip.networkId === networkId && !ip.attachments.length ? 'gone' : ip));
  }

  /**
   * Removes addresses that were stored but never confirmed: the process died in between, while another request removed
   * the network or its prefix. Older ones may have been imported in this state, so they are left to fsck. Only for a
   * process that is alone on its database and has just started. Returns the addresses.
   */
  async sweepUnconfirmed(): Promise<string[]> {
    const removed: string[] = [];
    const isRecent = ({ created }: IpAddress): boolean => Date.parse(created) > this.clock.now() - RECENT;
    for (const { id, networkId, prefix, attachments } of this.list(isRecent)) {
      if (attachments.length > 0 || (await this.networks.hasPrefix(networkId, prefix))) continue;
      await this.removeOrphaned(id);
      removed.push(id);
    }
    return removed;
  }

  /** Number of allocated addresses of a prefix, as counted by IPAM. */
  countOf(prefix: string): number {
    return this.store.countOf(prefix);
  }

  /** All attachments of addresses to allocations, with their time. */
  *attachments(): Iterable<{ machineId: MachineId; allocation: AllocationId; attached: string }> {
    for (const { attachments } of this.table.list())
      for (const { machineId, allocation, at } of attachments) yield { machineId, allocation, attached: at };
  }

  private plan(
    spec: IpSpec,
    uuid: string,
  ): { readonly network: Network; readonly family: AddressFamily; readonly draft: IpDraft } {
    const network = this.networkOf(spec);
    const family = familyOf(spec, network);
    return { network, family, draft: draftIp(spec, network, this.projects.get(spec.projectId ?? ''), uuid) };
  }

  private networkOf({ networkId, projectId }: IpSpec): Network {
    if (!networkId) throw malformed('networkid must not be empty');
    if (!projectId) throw malformed('projectid must not be empty');
    const network = this.networks.get(networkId);
    if (network.prefixes.length === 0) throw invalid(`network "${networkId}" has no prefixes`);
    return network;
  }

  /** The address that an earlier execution of this request has allocated. */
  private createdEarlier(): IpAddress | undefined {
    return createdEarlier((uuid) => this.table.by('uuid', uuid)[0]);
  }

  private async attach(address: string, owner: AllocationOwner): Promise<IpAddress> {
    return this.table.update(address, (ip) => {
      if (ip.projectId !== owner.projectId)
        throw invalid(
          `ip ${address} belongs to ${entityLabel('project', ip.projectId)}, not to project "${owner.projectId}"`,
        );
      return attach(ip, attachmentOf(owner, false, this.now()));
    });
  }

  private now(): string {
    return timestamp(this.clock.now());
  }
}
