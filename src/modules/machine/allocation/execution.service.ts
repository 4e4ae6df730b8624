import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { CLOCK, timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { IpService } from '../../ip/ip.service.js';
import { PoolService } from '../../pool/pool.service.js';
import { machineNetwork } from '../../network/machine-networks.js';
import type { MachineNetwork, WantedNetwork } from '../../network/machine-networks.js';
import type { VpnMembership } from '../../vpn/vpn.js';
import type { Bmc, Machine, MachineAllocation } from '../machine.js';
import { bmcTable, machineTable } from '../machine.table.js';
import { machineTags } from '../tags.js';
import type { Specification } from './specification.js';

/** Turns a claimed machine into an allocated one, and undoes what a failed or crashed attempt left behind. */
@Injectable()
export class ExecutionService {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @InjectTable(bmcTable) private readonly bmcs: Table<Bmc>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly ips: IpService,
    private readonly pools: PoolService,
  ) {}

  /**
   * Acquires ASN and addresses in the name of the claim and stores the allocation in one write, which also ends the
   * claim. Throws `exhausted` when a pool or network is used up, `conflict` when the claim was taken away. Undoes
   * nothing: the caller does.
   */
  async execute(
    machine: Machine,
    specification: Specification,
    wanted: readonly WantedNetwork[],
    vpn: VpnMembership | undefined,
  ): Promise<Machine> {
    const allocation = machine.claim!.allocation;
    const asn = await this.pools.acquireAsn(allocation);
    const networks = await this.connect(machine.id, specification, wanted, allocation, asn);
    const chassis = this.bmcs.get(machine.id)?.fru.chassisPartSerial ?? '';
    return this.machines.update(machine.id, (current) => {
      if (current.claim?.allocation !== allocation || current.claim.undoing) throw claimLost(machine.id);
      const now = timestamp(this.clock.now());
      const stored = { ...this.allocationOf(specification, allocation, asn, networks, now), vpn: notYetConnected(vpn) };
      const tags = machineTags(stored.userTags, { asn, rack: current.rackId, chassis });
      return { ...current, allocation: stored, tags, claim: undefined, changed: now };
    });
  }

  /**
   * Gives back everything that was acquired for `allocation`, then the machine itself. Takes the claim away first: from
   * then on its owner can no longer finish. When he has finished already, because only the database's answer was lost,
   * nothing is given back and the result is the machine. Idempotent and resumable.
   */
  async undo(machineId: string, allocation: string): Promise<Machine | undefined> {
    const taken = await this.machines.update(machineId, (current) =>
      current.claim?.allocation === allocation && !current.claim.undoing
        ? { ...current, claim: { ...current.claim, undoing: true } }
        : current,
    );
    if (taken.allocation?.uuid === allocation) return taken;
    await this.ips.releaseAllocation(machineId, allocation, 'failed');
    await this.pools.releaseAsn(allocation);
    await this.machines.update(machineId, (current) => {
      if (current.claim?.allocation !== allocation) return current;
      return { ...current, claim: undefined, changed: timestamp(this.clock.now()) };
    });
    return undefined;
  }

  /** All acquisitions end before this returns or throws, so that an undo that follows finds all of them. */
  private async connect(
    machineId: string,
    { request, project }: Specification,
    wanted: readonly WantedNetwork[],
    allocation: string,
    asn: number,
  ): Promise<MachineNetwork[]> {
    const owner = { machineId, allocation, projectId: project.id, name: request.name };
    const results = await Promise.allSettled(
      wanted.map(async (network) => machineNetwork(network, await this.ips.connect(network, owner), asn)),
    );
    return results.map((result) => {
      if (result.status === 'rejected') throw result.reason as Error;
      return result.value;
    });
  }

  private allocationOf(
    { request, image, layout, project, firewallRules, dnsServers, ntpServers }: Specification,
    uuid: string,
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

const claimLost = (machineId: string): DomainError =>
  new DomainError('conflict', `the allocation of machine "${machineId}" took too long and was undone, please retry`);
