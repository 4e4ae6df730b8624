import { Injectable } from '@nestjs/common';
import { allEnded } from '../../../shared/concurrency/all-ended.js';
import { createdEarlier } from '../../../platform/idempotency/current-execution.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import type { AllocationId, MachineId } from '../../../shared/id.js';
import { IpService } from '../../ip/ip.service.js';
import { PoolService } from '../../pool/pool.service.js';
import { machineNetwork } from '../../network/machine-networks.js';
import type { NetworkAssignment } from '../../network/machine-networks.js';
import type { VpnMembership } from '../../vpn/vpn.js';
import { MachineRepository } from '../core/machine.repository.js';
import {
  abandonClaim,
  fulfilClaim,
  fulfilPreparedClaim,
  prepareClaim,
  takeOverClaim,
} from '../core/transitions/allocation.js';
import type { BmcRecord } from '../bmc-record.js';
import type { Machine, MachineAllocation } from '../machine.js';
import { bmcTable } from '../machine.table.js';
import { Acquisition } from './acquisition.js';
import type { AllocationResources } from './acquisition.js';
import type { Specification } from './specification.js';

/** Turns a claimed machine into an allocated one, and undoes failed or crashed attempts. */
@Injectable()
export class ExecutionService {
  constructor(
    private readonly machines: MachineRepository,
    @InjectTable(bmcTable) private readonly bmcs: Table<BmcRecord>,
    private readonly ips: IpService,
    private readonly pools: PoolService,
    @InjectConfig() private readonly config: Config,
    @InjectClock() private readonly clock: Clock,
  ) {}

  /** ASN and addresses of a future allocation; acquires nothing yet. */
  acquisition(
    specification: Specification,
    assignments: readonly NetworkAssignment[],
    allocation: AllocationId,
  ): Acquisition {
    const acquire = (machineId: MachineId): Promise<AllocationResources> =>
      this.connect(machineId, specification, assignments, allocation);
    const release = (machineId: MachineId): Promise<void> => this.release(machineId, allocation);
    return new Acquisition({ acquire, release }, this.clock, this.config.allocation.timeout);
  }

  /**
   * Stores the allocation with what was acquired for it in one write, which also ends the claim. Throws `exhausted` if a
   * pool or network is exhausted, `conflict` if the claim was lost or took too long. Undoes nothing; that is up to the
   * caller.
   */
  async execute(
    { id, claim }: Machine,
    specification: Specification,
    acquisition: Acquisition,
    vpn: VpnMembership | undefined,
  ): Promise<Machine> {
    const allocation = this.allocationOf(specification, claim!.allocation, await acquisition.resourcesFor(id), vpn);
    const chassis = this.chassisOf(id);
    return this.machines.change(id, (current, now) => fulfilClaim(current, allocation(now), chassis));
  }

  /** Like `execute` for a claim of a bundle, but stores what the claim is to become, for `fulfil`. */
  async prepare(
    { id, claim }: Machine,
    specification: Specification,
    assignments: readonly NetworkAssignment[],
    vpn: VpnMembership | undefined,
  ): Promise<Machine> {
    const resources = await this.connect(id, specification, assignments, claim!.allocation);
    const allocation = this.allocationOf(specification, claim!.allocation, resources, vpn);
    return this.machines.change(id, (current, now) => prepareClaim(current, allocation(now)));
  }

  /**
   * Turns the prepared claim of a decided bundle into the allocation; undefined if that was freed meanwhile. From then
   * on the installer installs. Idempotent.
   */
  async fulfil(machineId: MachineId, allocation: AllocationId): Promise<Machine | undefined> {
    const chassis = this.chassisOf(machineId);
    try {
      return await this.machines.change(machineId, (current) => fulfilPreparedClaim(current, allocation, chassis));
    } catch (error) {
      if (!isDomainError(error, 'conflict', 'not-found')) throw error;
      const stored = await this.machines.readFresh(machineId);
      if (stored?.claim?.allocation === allocation) throw error;
      return undefined;
    }
  }

  /**
   * Releases everything that was acquired for `allocation`, then the machine itself. Takes over the claim first: from
   * then on its owner can no longer finish. If the owner has already finished, because only the database's response
   * was lost, releases nothing and returns the machine. Idempotent and resumable.
   */
  async undo(machineId: MachineId, allocation: AllocationId): Promise<Machine | undefined> {
    const taken = await this.machines.maintain(machineId, (current) => takeOverClaim(current, allocation));
    if (taken.allocation?.uuid === allocation) return taken;
    await this.release(machineId, allocation);
    await this.machines.change(machineId, (current) => abandonClaim(current, allocation));
    return undefined;
  }

  /**
   * The machine that an earlier execution of the current request has allocated (docs/adr/0024-idempotency-keys.md).
   * Undoes those that were interrupted.
   */
  async allocatedEarlier(): Promise<Machine | undefined> {
    const machine = createdEarlier((id) => this.machines.by('allocation', id)[0]);
    if (machine?.claim === undefined) return machine;
    return (await this.undo(machine.id, machine.claim.allocation)) ?? this.allocatedEarlier();
  }

  private async release(machineId: MachineId, allocation: AllocationId): Promise<void> {
    await this.ips.releaseAllocation(machineId, allocation, 'failed');
    await this.pools.releaseAsn(allocation);
  }

  private chassisOf(machineId: MachineId): string {
    return this.bmcs.get(machineId)?.fru.chassisPartSerial ?? '';
  }

  /**
   * Acquires the ASN and all addresses at the same time. All acquisitions have ended when this returns or throws, so
   * that a subsequent undo finds all of them.
   */
  private async connect(
    machineId: MachineId,
    { request, project }: Specification,
    assignments: readonly NetworkAssignment[],
    allocation: AllocationId,
  ): Promise<AllocationResources> {
    const owner = { machineId, allocation, projectId: project.id, name: request.name };
    const acquireAddresses = async (network: NetworkAssignment) =>
      [network, await this.ips.acquireForAllocation(network, owner)] as const;
    const [asn, addresses] = await allEnded([
      this.pools.acquireAsn(allocation),
      allEnded(assignments.map(acquireAddresses)),
    ]);
    return { asn, networks: addresses.map(([network, ips]) => machineNetwork(network, ips, asn)) };
  }

  /** The allocation by the time at which it is stored, in milliseconds. */
  private allocationOf(
    { request, image, layout, project, firewallRules, dnsServers, ntpServers }: Specification,
    uuid: AllocationId,
    { asn, networks }: AllocationResources,
    vpn: VpnMembership | undefined,
  ): (now: number) => MachineAllocation {
    return (now) => ({
      uuid,
      role: request.role,
      creator: request.creator,
      created: timestamp(now),
      name: request.name,
      description: request.description,
      hostname: request.hostname || 'metal',
      project: project.id,
      imageId: image.id,
      filesystemLayout: layout,
      networks,
      asn,
      sshPubKeys: request.sshPubKeys,
      userData: request.userData,
      userTags: request.tags,
      consolePassword: '',
      reinstall: false,
      bootInfo: undefined,
      firewallRules,
      dnsServers,
      ntpServers,
      vpn: vpn && { ...vpn, connected: false },
    });
  }
}
