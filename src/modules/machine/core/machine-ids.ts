import { Injectable } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { byId } from '../../../shared/entity.js';
import { canonicalUuid } from '../../../shared/spelling.js';
import type { MachineId } from '../../../shared/id.js';
import { MachineRepository } from './machine.repository.js';

/**
 * Returns the ID under which the machine named by `text`, in any spelling, is stored, or the canonical ID for a new
 * one if there is none. A machine that was stored in a non-canonical spelling keeps its ID and is found by every
 * spelling.
 */
export function storedMachineId(machines: Pick<MachineRepository, 'get' | 'by'>, text: string): MachineId {
  if (machines.get(text)) return text;
  const canonical = canonicalUuid(text);
  if (machines.get(canonical)) return canonical;
  const [known] = [...machines.by('spelling', canonical)].sort(byId);
  return known?.id ?? canonical;
}

/** Finds the stored id of a machine; also as a pipe: `@Param('id', MachineIds) id: string`. */
@Injectable()
export class MachineIds implements PipeTransform<string, MachineId> {
  constructor(private readonly machines: MachineRepository) {}

  /** See `storedMachineId`. */
  of(text: string): MachineId {
    return storedMachineId(this.machines, text);
  }

  transform(text: string): MachineId {
    return this.of(text);
  }
}
