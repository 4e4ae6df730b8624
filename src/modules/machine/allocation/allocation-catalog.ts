import { Injectable } from '@nestjs/common';
import { notFound } from '../../../shared/errors/domain-error.js';
import type { FilesystemLayout } from '../../filesystem-layout/filesystem-layout.js';
import type { Image } from '../../image/image.js';
import type { Partition } from '../../partition/partition.js';
import { PartitionService } from '../../partition/partition.service.js';
import type { Project } from '../../project/project.js';
import { ProjectService } from '../../project/project.service.js';
import type { Size } from '../../size/size.js';
import { SizeService } from '../../size/size.service.js';
import { storedMachineId } from '../core/machine-ids.js';
import { MachineRepository } from '../core/machine.repository.js';
import { InstallableSystems } from '../installation/installable-systems.service.js';
import type { Machine } from '../machine.js';
import type { AllocationRequest } from './request.js';
import { resolveSpecification } from './specification.js';
import type { Catalog, Specification } from './specification.js';

/** Looks up what requests for allocations refer to. */
@Injectable()
export class AllocationCatalog implements Catalog {
  constructor(
    private readonly machines: MachineRepository,
    private readonly projects: ProjectService,
    private readonly partitions: PartitionService,
    private readonly sizes: SizeService,
    private readonly systems: InstallableSystems,
  ) {}

  /** The request with the ID under which its machine is stored. */
  withStoredId(request: AllocationRequest): AllocationRequest {
    return { ...request, uuid: request.uuid && storedMachineId(this.machines, request.uuid) };
  }

  /** Throws the errors of `resolveSpecification`. */
  specify(request: AllocationRequest): Specification {
    return resolveSpecification(request, this);
  }

  /** Finds a machine by any spelling of its UUID. Throws `not-found`. */
  machine(id: string): Machine {
    const stored = storedMachineId(this.machines, id);
    const machine = this.machines.get(stored);
    if (!machine) throw notFound('machine', stored);
    return machine;
  }

  image(idOrShorthand: string): Image {
    return this.systems.image(idOrShorthand);
  }

  size(id: string): Size {
    return this.sizes.get(id);
  }

  partition(id: string): Partition {
    return this.partitions.get(id);
  }

  project(id: string): Project {
    return this.projects.get(id);
  }

  layout(id: string): FilesystemLayout {
    return this.systems.layout(id);
  }

  layoutFor(sizeId: string, imageId: string): FilesystemLayout {
    return this.systems.layoutFor(sizeId, imageId);
  }

  checkImageFits(sizeId: string, image: Image): void {
    this.systems.check(sizeId, image);
  }
}
