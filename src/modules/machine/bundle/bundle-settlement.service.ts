import { Injectable } from '@nestjs/common';
import { mapConcurrently } from '../../../shared/concurrency/concurrency-limit.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { AllocationId, BundleId, MachineId } from '../../../shared/id.js';
import type { IpAddress } from '../../ip/ip.js';
import { IpService } from '../../ip/ip.service.js';
import { ExecutionService } from '../allocation/execution.service.js';
import { MachineRepository } from '../core/machine.repository.js';
import type { AllocationRole, Machine } from '../machine.js';
import { isDecided, memberName, WIDTH } from './bundle.js';
import type { Bundle, BundledAddress, BundledMachine } from './bundle.js';
import { BundleRepository } from './bundle.repository.js';

/** What was allocated, each in the order of the request. */
export interface AllocatedBundle {
  readonly machines: readonly Machine[];
  readonly firewalls: readonly Machine[];
  readonly ips: readonly IpAddress[];
}

/** The same, undefined where a member was freed since. */
type Members = { readonly [List in keyof AllocatedBundle]: readonly (AllocatedBundle[List][number] | undefined)[] };

/** Carries out what the document of a bundle says. Every step may be repeated, by any process. */
@Injectable()
export class BundleSettlement {
  constructor(
    private readonly bundles: BundleRepository,
    private readonly machines: MachineRepository,
    private readonly execution: ExecutionService,
    private readonly ips: IpService,
  ) {}

  /** Allocates all members of a decided bundle; from then on installers install. Idempotent. */
  async complete(bundle: Bundle): Promise<Members> {
    const ips = await mapConcurrently(bundle.addresses, WIDTH, (one) => this.confirmed(bundle.id, one));
    const machines = await mapConcurrently(bundle.machines, WIDTH, (one) => this.allocated(one));
    await this.bundles.end(bundle);
    const ofRole = (wanted: AllocationRole): (Machine | undefined)[] =>
      machines.filter((_, index) => bundle.machines[index]!.role === wanted);
    return { machines: ofRole('machine'), firewalls: ofRole('firewall'), ips };
  }

  /** Like `complete`, and throws `conflict` if members were freed since. */
  async completed(bundle: Bundle): Promise<AllocatedBundle> {
    const members = await this.complete(bundle);
    const freed = (['machines', 'firewalls', 'ips'] as const).flatMap((list) =>
      members[list].flatMap((one, index) => (one ? [] : memberName(list, index))),
    );
    if (freed.length > 0) throw new DomainError('conflict', `freed since they were allocated: ${freed.join(', ')}`);
    return members as AllocatedBundle;
  }

  /**
   * Releases everything that was acquired for a bundle, unless that is decided: then returns it, and releases nothing.
   * From the first write on, its process can no longer decide it. If the bundle is over already, releases what its process
   * has acquired since; throws `unavailable` if another process has completed it. Idempotent.
   */
  async undo({ id, machines }: Pick<Bundle, 'id' | 'machines'>): Promise<Bundle | undefined> {
    const taken = await this.bundles.takeOver(id);
    if (taken && isDecided(taken)) return taken;
    // A machine that was claimed may have lost its claim since, while addresses were still being acquired for it.
    const claimed = machines.flatMap(({ allocation, machineId = this.claimedFor(allocation) }) =>
      machineId === undefined ? [] : { id: machineId, allocation },
    );
    const stored = await mapConcurrently(claimed, WIDTH, (one) => this.undoClaim(one.id, one.allocation));
    if (stored.some((machine) => machine !== undefined)) {
      throw new DomainError('unavailable', 'another server has completed the allocation: look for its result');
    }
    await this.ips.releaseHeld(id);
    if (taken) await this.bundles.forget(taken);
    return undefined;
  }

  /** Releases everything that was acquired for one member, and its machine, unless it is allocated. Idempotent. */
  undoClaim(machineId: MachineId, allocation: AllocationId): Promise<Machine | undefined> {
    return this.execution.undo(machineId, allocation);
  }

  private claimedFor(allocation: AllocationId): MachineId | undefined {
    return this.machines.by('allocation', allocation)[0]?.id;
  }

  private async confirmed(bundle: BundleId, { address, uuid }: BundledAddress): Promise<IpAddress | undefined> {
    const ip = await this.ips.confirmHeld(address, bundle);
    return ip?.allocationUuid === uuid ? ip : undefined;
  }

  private async allocated({ machineId, allocation }: BundledMachine): Promise<Machine | undefined> {
    const machine = await this.execution.fulfil(machineId!, allocation);
    return machine?.release ? undefined : machine;
  }
}
