import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, timestamp, type Clock } from '../../shared/clock.js';
import { byId, checkTags } from '../../shared/entity.js';
import { invalid, malformed, notFound } from '../../shared/errors/domain-error.js';
import { ADDRESS_FAMILIES, parseAddressFamily, type AddressFamily } from '../../shared/net/family.js';
import { Ip } from '../../shared/net/ip.js';
import { Prefix } from '../../shared/net/prefix.js';
import { quoted } from '../../shared/text.js';
import { Entities } from '../../platform/store/entities.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { IpamService } from '../ipam/ipam.service.js';
import type { WantedNetwork } from '../network/machine-networks.js';
import { familiesOf, IpInquiry, isChild, type Network } from '../network/network.js';
import { NetworkService } from '../network/network.service.js';
import { ProjectReferences } from '../project/project.js';
import { ProjectService } from '../project/project.service.js';
import {
  attach,
  AUTO_DESCRIPTION,
  canonicalAddress,
  changeIp,
  detach,
  dropMachineTag,
  machineTag,
  normalTags,
  scopeOf,
  type Attachment,
  type IpAddress,
  type IpChange,
  type ReleaseReason,
} from './ip.js';
import { bestIndex, ipFilter, type IpQuery } from './ip-query.js';
import { IpRecords, type IpDraft } from './ip-records.js';
import { ipTable, type IpIndex } from './ip.table.js';
import { ProjectAddresses } from './project-addresses.js';

/** What a user asks for (POST /v1/ip/allocate). */
export interface IpSpec {
  readonly networkId?: string;
  readonly projectId?: string;
  readonly name?: string;
  readonly description?: string;
  /** Anything but `static` means ephemeral. */
  readonly type?: string;
  readonly tags?: readonly string[];
  readonly machineId?: string;
  readonly addressFamily?: string;
}

/** Whom addresses are acquired for, and under which uuid they are released again. */
export interface AllocationOwner {
  readonly machineId: string;
  /** Uuid of the allocation. */
  readonly allocation: string;
  readonly projectId: string;
  /** Of the allocation; its addresses get it too. */
  readonly name: string;
}

/** How long ago a crash may have been for its leftovers to be removed without asking, in milliseconds. */
const RECENT = 3600_000;

/** Addresses: taken from networks by users and by allocations, described, given back. */
@Injectable()
export class IpService extends Entities<IpAddress, IpIndex> {
  private readonly records: IpRecords;
  private readonly ofProjects: ProjectAddresses;

  constructor(
    @InjectTable(ipTable) ips: Table<IpAddress, IpIndex>,
    ipam: IpamService,
    private readonly networks: NetworkService,
    private readonly projects: ProjectService,
    projectReferences: ProjectReferences,
    inquiry: IpInquiry,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    super('ip', ips);
    this.records = new IpRecords(ips, ipam, networks, clock);
    this.ofProjects = new ProjectAddresses(ips);
    projectReferences.add({ what: 'ips', idsOf: (projectId) => ips.by('project', projectId).map(({ id }) => id) });
    inquiry.answerWith((address) => ips.get(address));
  }

  /** By any spelling of the address. */
  override find(id: string): IpAddress | undefined {
    // Addresses of networks that were made inside ::ffff:0:0/96 when that was possible are stored so.
    return super.find(canonicalAddress(id)) ?? super.find(id);
  }

  /** Ordered by id. Throws `invalid` for an address family that is none. */
  search(query: IpQuery): IpAddress[] {
    const matches = ipFilter(query);
    if (query.address !== undefined)
      return [this.find(query.address)].filter((ip) => ip !== undefined && matches(ip)) as IpAddress[];
    const index = bestIndex(query);
    if (!index) return this.list(matches);
    return this.table.by(index.index, index.key).filter(matches).sort(byId);
  }

  /** Canonical texts, ordered; the very same list until an address of the project comes or goes. */
  addressesOf(projectId: string): readonly string[] {
    return this.ofProjects.of(projectId);
  }

  /** Takes a free address of a network for a project; checks in the order of reference/20 §3.1. */
  async allocate(spec: IpSpec): Promise<IpAddress> {
    const network = this.networkOf(spec);
    const family = familyOf(spec, network);
    const draft = this.draftOf(spec, network);
    return this.records.take(network, family, draft);
  }

  /** Takes this address. Throws `conflict` when it is taken, `invalid` when it is none of the network's. */
  async allocateThis(text: string, spec: IpSpec): Promise<IpAddress> {
    const network = this.networkOf(spec);
    familyOf(spec, network);
    if (spec.addressFamily) throw malformed('addressfamily cannot be given together with a specific ip');
    const draft = this.draftOf(spec, network);
    const ip = Ip.read(text);
    if (!ip) throw invalid(`${quoted(text, 60)} is not an IP address`);
    const prefix = network.prefixes.find((candidate) => Prefix.parse(candidate).contains(ip));
    if (!prefix)
      throw invalid(`ip ${ip.toString()} is in no prefix of network "${network.id}": ${network.prefixes.join(', ')}`);
    return this.records.takeThis(network, prefix, ip, draft);
  }

  /** Throws `not-found`, `malformed`. */
  async update(id: string, change: IpChange): Promise<IpAddress> {
    const { id: address } = this.get(id);
    return this.table.update(address, (ip) => changeIp(ip, change, timestamp(this.clock.now())));
  }

  /** Gives an address back. Throws `not-found`, and `malformed` while a machine uses it. */
  async free(id: string): Promise<IpAddress> {
    const { id: address } = this.get(id);
    const freed = await this.records.change(address, (ip) => {
      if (scopeOf(ip) === 'machine') throw malformed(`ip ${address} is in use by a machine: ${ip.tags.join(', ')}`);
      return 'gone';
    });
    if (!freed) throw notFound('ip', id);
    return freed;
  }

  /**
   * The addresses of an allocation in a network: those given in the request, now attached to its machine, or a new
   * ephemeral one for each address family, IPv4 first. What was done before a failure is undone by `releaseAllocation`.
   * Throws `exhausted` when a family has none left.
   */
  async connect({ network, auto, ips }: WantedNetwork, owner: AllocationOwner): Promise<string[]> {
    const addresses: string[] = [];
    for (const ip of ips) addresses.push((await this.attach(ip, owner)).id);
    if (!auto) return addresses;
    const families = familiesOf(network.prefixes);
    if (families.length === 0) throw invalid(`network "${network.id}" has no prefixes`);
    for (const family of families)
      addresses.push((await this.records.take(network, family, this.autoDraft(network, owner))).id);
    return addresses;
  }

  /**
   * Lets go of everything that this allocation has, and of nothing else. Ephemeral addresses that no other machine uses
   * are given back; after a failed attempt only those that were taken for it. `recorded` are addresses that it is known
   * to have: memory may not show yet what another process acquired. Idempotent.
   */
  async releaseAllocation(
    machineId: string,
    allocation: string,
    reason: ReleaseReason,
    recorded: readonly string[] = [],
  ): Promise<void> {
    const now = timestamp(this.clock.now());
    const seen = new Set(this.table.by('allocation', allocation).map(({ id }) => id));
    const unseen = recorded.filter((id) => !seen.has(id));
    await Promise.all(unseen.map((id) => this.table.fresh(id)));
    for (const id of [...seen, ...unseen]) await this.records.change(id, (ip) => detach(ip, allocation, reason, now));
    if (reason === 'failed') return;
    for (const { id } of this.table.by('tag', machineTag(machineId)))
      await this.records.change(id, (ip) => dropMachineTag(ip, machineId, now));
  }

  /** Takes a tag off an address; the address stays. Idempotent. */
  async dropTag(address: string, tag: string): Promise<void> {
    const now = timestamp(this.clock.now());
    await this.records.change(address, (ip) =>
      ip.tags.includes(tag) ? { ...ip, tags: ip.tags.filter((one) => one !== tag), changed: now } : ip,
    );
  }

  /**
   * Removes an unused address that outlived its network, or the prefix of it that it was taken from. Idempotent.
   * Throws `invalid` when the network still has the prefix.
   */
  async removeOutlived(address: string): Promise<void> {
    const { networkId, prefix } = this.get(address);
    if (await this.networks.hasPrefix(networkId, prefix))
      throw invalid(`network "${networkId}" has the prefix ${prefix} of ip ${address}`);
    await this.records.change(address, (ip) => (ip.networkId === networkId && !ip.attachments.length ? 'gone' : ip));
  }

  /**
   * Removes what was stored but never confirmed, because the process died between the two while another request took
   * the network or its prefix away. Older ones may have been imported so: fsck reports them. Only for a process that is
   * alone and has just started. Returns the addresses.
   */
  async sweepUnconfirmed(): Promise<string[]> {
    const removed: string[] = [];
    const isRecent = ({ created }: IpAddress): boolean => Date.parse(created) > this.clock.now() - RECENT;
    for (const { id, networkId, prefix, attachments } of this.list(isRecent)) {
      if (attachments.length > 0 || (await this.networks.hasPrefix(networkId, prefix))) continue;
      await this.removeOutlived(id);
      removed.push(id);
    }
    return removed;
  }

  /** How many addresses of a prefix are taken, as IPAM counts them. */
  countOf(prefix: string): number {
    return this.records.countOf(prefix);
  }

  /** Every use of an address by an allocation, and since when. */
  *attachments(): Iterable<{ machineId: string; allocation: string; attached: string }> {
    for (const { attachments } of this.table.list())
      for (const { machineId, allocation, at } of attachments) yield { machineId, allocation, attached: at };
  }

  private networkOf({ networkId, projectId }: IpSpec): Network {
    if (!networkId) throw malformed('networkid must not be empty');
    if (!projectId) throw malformed('projectid must not be empty');
    const network = this.networks.get(networkId);
    if (network.prefixes.length === 0) throw invalid(`network "${networkId}" has no prefixes`);
    return network;
  }

  /** Rules 4 to 6 of reference/20 §3.1: whoever is not the owner takes addresses in shared child networks only. */
  private draftOf(spec: IpSpec, network: Network): IpDraft {
    const project = this.projects.get(spec.projectId ?? '');
    if (isChild(network) && !network.shared && network.projectId !== project.id)
      throw invalid(
        `network "${network.id}" belongs to project "${network.projectId}" and is not shared with "${project.id}"`,
      );
    checkTags('tags', spec.tags ?? []);
    const machine = spec.machineId ? [machineTag(spec.machineId)] : [];
    return {
      networkId: network.id,
      projectId: project.id,
      name: spec.name ?? '',
      description: spec.description ?? '',
      type: spec.type === 'static' ? 'static' : 'ephemeral',
      tags: normalTags([...(spec.tags ?? []), ...machine]),
      attachments: [],
    };
  }

  private autoDraft(network: Network, owner: AllocationOwner): IpDraft {
    return {
      networkId: network.id,
      projectId: owner.projectId,
      name: owner.name,
      description: AUTO_DESCRIPTION,
      type: 'ephemeral',
      tags: [machineTag(owner.machineId)],
      attachments: [this.attachment(owner, true)],
    };
  }

  private attachment({ machineId, allocation }: AllocationOwner, acquired: boolean): Attachment {
    return { machineId, allocation, acquired, at: timestamp(this.clock.now()) };
  }

  private async attach(address: string, owner: AllocationOwner): Promise<IpAddress> {
    return this.table.update(address, (ip) => {
      if (ip.projectId !== owner.projectId)
        throw invalid(`ip ${address} belongs to project "${ip.projectId}", not "${owner.projectId}"`);
      return attach(ip, this.attachment(owner, false));
    });
  }
}

/** Rules 3 and 7: the family asked for, else IPv4 if the network has it. Throws `invalid`, `malformed`. */
function familyOf({ addressFamily }: IpSpec, network: Network): AddressFamily {
  const present = familiesOf(network.prefixes);
  if (!addressFamily) return ADDRESS_FAMILIES.find((family) => present.includes(family)) ?? 'IPv4';
  const family = parseAddressFamily(addressFamily);
  if (!family) throw invalid(`addressfamily: "${addressFamily}" is none, expected IPv4 or IPv6`);
  if (!present.includes(family)) throw malformed(`addressfamily: network "${network.id}" has no ${family} prefix`);
  return family;
}
