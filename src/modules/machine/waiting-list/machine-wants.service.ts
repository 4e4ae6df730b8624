import { Injectable } from '@nestjs/common';
import { invalid } from '../../../shared/errors/domain-error.js';
import { pluralize } from '../../../shared/text.js';
import type { FilesystemLayout } from '../../filesystem-layout/filesystem-layout.js';
import { layoutProblem } from '../../filesystem-layout/filesystem-layout.js';
import { AllocationCatalog } from '../allocation/allocation-catalog.js';
import type { Specification } from '../allocation/specification.js';
import type { BundleRequest } from '../bundle/bundle.js';
import { MachineRepository } from '../core/machine.repository.js';
import type { MachineWant } from './wait-entry.js';

/** Finds out which machines a request waits for. */
@Injectable()
export class MachineWants {
  constructor(
    private readonly catalog: AllocationCatalog,
    private readonly machines: MachineRepository,
  ) {}

  /**
   * The numbers of machines that the request wants by size. Throws `invalid` if the partition has fewer, even if all of
   * them were free: to wait for them would be in vain, and hold up everybody behind.
   */
  of({ machines, firewalls }: BundleRequest): readonly MachineWant[] {
    const groups = new Map<string, Specification[]>();
    for (const request of [...machines, ...firewalls]) {
      if (request.uuid) continue;
      const specification = this.catalog.specify(request);
      const key = JSON.stringify([specification.partition.id, specification.size.id]);
      const group = groups.get(key);
      if (group) group.push(specification);
      else groups.set(key, [specification]);
    }
    return [...groups.values()].map((group) => this.want(group));
  }

  private want(group: readonly Specification[]): MachineWant {
    const [{ partition, size }] = group as [Specification];
    const existing = this.machines.by('partition', partition.id).filter(({ sizeId }) => sizeId === size.id);
    const layouts = new Map(group.map(({ layout }) => [layout.id, layout]));
    for (const layout of layouts.values()) {
      const wanted = group.filter((one) => one.layout.id === layout.id).length;
      const fitting = existing.filter(({ hardware }) => layoutProblem(layout, hardware.disks) === undefined).length;
      if (fitting < wanted) throw inVain(partition.id, size.id, layout, fitting, wanted);
    }
    if (existing.length < group.length) throw inVain(partition.id, size.id, undefined, existing.length, group.length);
    return { partitionId: partition.id, sizeId: size.id, machines: group.length };
  }
}

function inVain(partition: string, size: string, layout: FilesystemLayout | undefined, has: number, wanted: number) {
  const fit = layout === undefined ? '' : ` that fit filesystem layout "${layout.id}"`;
  return invalid(
    `nothing was allocated, and waiting cannot help: partition "${partition}" has ` +
      `${pluralize(has, 'machine')} of size "${size}"${fit} in all, the request needs ${wanted}`,
  );
}
