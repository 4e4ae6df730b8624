import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { LOG } from '../../../shared/log.js';
import type { Log } from '../../../shared/log.js';
import { FilesystemLayoutService } from '../../filesystem-layout/filesystem-layout.service.js';
import { ImageService } from '../../image/image.service.js';
import { NetworkService } from '../../network/network.service.js';
import { PartitionService } from '../../partition/partition.service.js';
import { ProjectService } from '../../project/project.service.js';
import { SizeImageConstraintService } from '../../size-image-constraint/size-image-constraint.service.js';
import { SizeService } from '../../size/size.service.js';
import { VpnService } from '../../vpn/vpn.service.js';
import { notFound } from '../../../shared/errors/domain-error.js';
import { storedMachineId } from '../machine-ids.js';
import type { Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { ClaimService } from './claim.service.js';
import { ExecutionService } from './execution.service.js';
import type { AllocationRequest } from './request.js';
import { specify } from './specification.js';
import type { Catalog, Specification } from './specification.js';

/** Hands machines and firewalls to projects (design §7). */
@Injectable()
export class AllocationService {
  private readonly catalog: Catalog;

  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    private readonly claims: ClaimService,
    private readonly execution: ExecutionService,
    private readonly networks: NetworkService,
    @Inject(LOG) private readonly log: Log,
    private readonly vpn: VpnService,
    images: ImageService,
    sizes: SizeService,
    partitions: PartitionService,
    projects: ProjectService,
    layouts: FilesystemLayoutService,
    constraints: SizeImageConstraintService,
  ) {
    this.catalog = {
      image: (id) => images.resolve(id),
      size: (id) => sizes.get(id),
      partition: (id) => partitions.get(id),
      machine: (id) => this.machine(id),
      project: (id) => projects.get(id),
      layout: (id) => layouts.get(id),
      layoutFor: (sizeId, imageId) => layouts.resolve(sizeId, imageId),
      checkImageFits: (sizeId, image) => constraints.check(sizeId, image),
    };
  }

  /**
   * Allocates a machine or firewall and returns it. Either everything is acquired and stored, or nothing remains:
   * what an undo cannot give back now, or a crash leaves behind, the sweeper gives back. Throws what `specify`,
   * `ClaimService.claim` and `ExecutionService.execute` throw. Not idempotent: each call allocates another machine.
   */
  async allocate(asked: AllocationRequest): Promise<Machine> {
    const request = { ...asked, uuid: asked.uuid && storedMachineId(this.machines, asked.uuid) };
    const specification = specify(request, this.catalog);
    const wanted = this.networks.wanted(specification.request, specification.partition.id);
    const vpn = request.role === 'firewall' ? await this.vpn.invite(specification.project.id) : undefined;
    const allocation = randomUUID();
    let claimed: Machine | undefined;
    try {
      claimed = await this.claims.claim(specification, allocation);
      const machine = await this.execution.execute(claimed, specification, wanted, vpn?.membership);
      this.claims.fulfilled(specification, allocation);
      return machine;
    } catch (error) {
      const outcome = await this.undo(specification, allocation, claimed);
      if (outcome === 'undone') await vpn?.withdraw();
      if (typeof outcome === 'object') return outcome;
      throw error;
    }
  }

  /** The machine when it turns out that the allocation is stored: only the answer of the database was lost. */
  private async undo(
    specification: Specification,
    allocation: string,
    claimed: Machine | undefined,
  ): Promise<Machine | 'undone' | 'unknown'> {
    try {
      const stored = claimed && (await this.execution.undo(claimed.id, allocation));
      if (stored) this.claims.fulfilled(specification, allocation);
      else await this.claims.abandon(specification, allocation);
      return stored ?? 'undone';
    } catch (error) {
      this.log.warn(`allocation ${allocation} could not be undone now, the sweeper will do it`, error);
      return 'unknown';
    }
  }

  private machine(id: string): Machine {
    const machine = this.machines.get(id);
    if (!machine) throw notFound('machine', id);
    return machine;
  }
}
