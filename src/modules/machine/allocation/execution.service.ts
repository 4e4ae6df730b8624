import { Injectable } from '@nestjs/common';
import { allEnded } from '../../../shared/concurrency/all-ended.js';
import { createdEarlier } from '../../../platform/idempotency/current-execution.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { timestamp } from '../../../shared/clock.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import type { AllocationId, MachineId } from '../../../shared/id.js';
import { IpService } from '../../ip/ip.service.js';
import { PoolService } from '../../pool/pool.service.js';
import { machineNetwork } from '../../network/machine-networks.js';
import type { MachineNetwork, NetworkAssignment } from '../../network/machine-networks.js';
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
import type { Specification } from './specification.js';

/** Turns a claimed machine into an allocated one, and undoes failed or crashed attempts. */
@Injectable()
export class ExecutionService {
  constructor(
    private readonly machines: MachineRepository,
    @InjectTable(bmcTable) private readonly bmcs: Table<BmcRecord>,
    private readonly ips: IpService,
    private readonly pools: PoolService,
  ) {}

  /**
   * Acquires ASN and addresses on behalf of the claim and stores the allocation in one write, which also ends the
   * claim. Throws `exhausted` if a pool or network is exhausted, `conflict` if the claim was lost. Undoes nothing;
   * that is up to the caller.
   */
  async execute(
    machine: Machine,
    specification: Specification,
    assignments: readonly NetworkAssignment[],
    vpn: VpnMembership | undefined,
  ): Promise<Machine> {
    const acquired = await this.acquire(machine, specification, assignments, vpn);
    const chassis = this.chassisOf(machine.id);
    return this.machines.change(machine.id, (current, now) => fulfilClaim(current, acquired(now), chassis));
  }

  /** Like `execute` for a claim of a bundle, but stores what the claim is to become, for `fulfil`. */
  async prepare(
    machine: Machine,
    specification: Specification,
    assignments: readonly NetworkAssignment[],
    vpn: VpnMembership | undefined,
  ): Promise<Machine> {
    const acquired = await this.acquire(machine, specification, assignments, vpn);
    return this.machines.change(machine.id, (current, now) => prepareClaim(current, acquired(now)));
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
    await this.ips.releaseAllocation(machineId, allocation, 'failed');
    await this.pools.releaseAsn(allocation);
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

  /** Acquires ASN and addresses on behalf of the claim; returns the allocation, by the time at which it is stored. */
  private async acquire(
    machine: Machine,
    specification: Specification,
    assignments: readonly NetworkAssignment[],
    vpn: VpnMembership | undefined,
  ): Promise<(now: number) => MachineAllocation> {
    const allocation = machine.claim!.allocation;
    const { asn, networks } = await this.connect(machine.id, specification, assignments, allocation);
    return (now) => ({
      ...this.allocationOf(specification, allocation, asn, networks, timestamp(now)),
      vpn: notYetConnected(vpn),
    });
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
  ): Promise<{ readonly asn: number; readonly networks: MachineNetwork[] }> {
    const owner = { machineId, allocation, projectId: project.id, name: request.name };
    const acquireAddresses = async (network: NetworkAssignment) =>
      [network, await this.ips.acquireForAllocation(network, owner)] as const;
    const [asn, addresses] = await allEnded([
      this.pools.acquireAsn(allocation),
      allEnded(assignments.map(acquireAddresses)),
    ]);
    return { asn, networks: addresses.map(([network, ips]) => machineNetwork(network, ips, asn)) };
  }

  private allocationOf(
    { request, image, layout, project, firewallRules, dnsServers, ntpServers }: Specification,
    uuid: AllocationId,
    asn: number,
    networks: readonly MachineNetwork[],
    now: string,
  ): Omit<MachineAllocation, 'vpn'> {
    return {
      uuid,
      role: request.role,
      creator: request.creator,
      created: now,
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
    };
  }
}

const notYetConnected = (vpn: VpnMembership | undefined): MachineAllocation['vpn'] =>
  vpn && { ...vpn, connected: false };
