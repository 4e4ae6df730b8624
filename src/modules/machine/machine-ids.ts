import { Injectable } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { byId } from '../../shared/entity.js';
import { canonicalUuid } from '../../shared/spelling.js';
import type { Machine } from './machine.js';
import { machineTable } from './machine.table.js';

/**
 * The id under which the machine is stored that `text` names in some spelling; the spelling for a new one when there is
 * none. A machine that was stored in another spelling than today's keeps its id, and is found by every one.
 */
export function storedMachineId(machines: Pick<Table<Machine>, 'get' | 'by'>, text: string): string {
  if (machines.get(text)) return text;
  const canonical = canonicalUuid(text);
  if (machines.get(canonical)) return canonical;
  const [known] = [...machines.by('spelling', canonical)].sort(byId);
  return known?.id ?? canonical;
}

/** Finds the stored id of a machine; also as a pipe: `@Param('id', MachineIds) id: string`. */
@Injectable()
export class MachineIds implements PipeTransform<string, string> {
  constructor(@InjectTable(machineTable) private readonly machines: Table<Machine>) {}

  /** See `storedMachineId`. */
  of(text: string): string {
    return storedMachineId(this.machines, text);
  }

  transform(text: string): string {
    return this.of(text);
  }
}
