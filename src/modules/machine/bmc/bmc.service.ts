import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { CLOCK, timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { checkId } from '../../../shared/entity.js';
import { malformed } from '../../../shared/errors/domain-error.js';
import { LOG } from '../../../shared/log.js';
import { mapInTurns } from '../../../shared/turns.js';
import type { Log } from '../../../shared/log.js';
import { PartitionService } from '../../partition/partition.service.js';
import { newBmc, newMachine } from '../machine.js';
import type { Bmc, Machine } from '../machine.js';
import { bmcTable, machineTable } from '../machine.table.js';
import { applyReport, difference, mergeReport, reportedAddress } from './bmc-report.js';
import type { BmcReport } from './bmc-report.js';

/** Ids of the machines that a report reached, sorted. */
export interface BmcReportResult {
  readonly updated: readonly string[];
  readonly created: readonly string[];
}

type Patch = { readonly id: string } & Partial<Omit<Bmc, 'revision'>>;

/** What is to be done for one machine of a report. */
interface Step {
  readonly id: string;
  readonly report: BmcReport;
  readonly machine: Machine | undefined;
  readonly bmc: Bmc | undefined;
  readonly address: string;
}

/** Takes in what the watchers of the partitions find out about BMCs. */
@Injectable()
export class BmcService {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @InjectTable(bmcTable) private readonly bmcs: Table<Bmc>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
    private readonly partitions: PartitionService,
  ) {}

  /**
   * Stores the reports of a partition's BMCs by machine id (reference/10 §9). Unknown machines are created, machines
   * without partition join this one, those of other partitions are left alone. Machines whose report cannot be stored
   * are logged and missing in the result. Throws `malformed` without partition, `not-found` for an unknown one.
   */
  async report(partitionId: string, reports: ReadonlyMap<string, BmcReport>): Promise<BmcReportResult> {
    if (!partitionId) throw malformed('partitionid must not be empty');
    this.partitions.get(partitionId);
    const steps = [...reports].map(([id, report]) => this.prepare(id, partitionId, report)).filter((step) => !!step);
    // A whole partition reports at once: its machines are stored side by side, but begun in turns with everything else.
    const storing = await mapInTurns(steps, (step) => ({ done: this.storeMachine(step, partitionId) }));
    const stored = (await Promise.all(storing.map(({ done }) => done))).filter((step) => !!step);
    await this.storeBmcs(stored);
    const ids = (known: boolean): string[] =>
      stored
        .filter(({ machine }) => (machine !== undefined) === known)
        .map(({ id }) => id)
        .sort();
    return { updated: ids(true), created: ids(false) };
  }

  private prepare(id: string, partitionId: string, report: BmcReport): Step | undefined {
    const machine = this.machines.get(id);
    const bmc = this.bmcs.get(id);
    const address = reportedAddress(report.bmcIp, bmc?.address ?? '');
    if (address === undefined) return this.skip(id, partitionId, `"${report.bmcIp}" is no address of a BMC`);
    if (machine?.partitionId && machine.partitionId !== partitionId) {
      return this.skip(id, partitionId, `the machine belongs to partition "${machine.partitionId}"`);
    }
    return { id, report, machine, bmc, address };
  }

  /** Writes the machine only when the report says something new about it: other writers wait for this document. */
  private async storeMachine(step: Step, partitionId: string): Promise<Step | undefined> {
    const { id, report, machine } = step;
    const now = timestamp(this.clock.now());
    const apply = <M extends Omit<Machine, 'revision'>>(current: M): M =>
      applyReport(current, partitionId, report, now);
    try {
      checkId('machine', id);
      if (machine === undefined) await this.machines.insert(apply(newMachine(id, now)));
      else if (apply(machine) !== machine) await this.machines.update(id, apply);
      return step;
    } catch (error) {
      return this.skip(id, partitionId, error);
    }
  }

  /** One round trip for all BMCs that are known, which is the usual case every five minutes. */
  private async storeBmcs(steps: readonly Step[]): Promise<void> {
    const now = timestamp(this.clock.now());
    const patches: Patch[] = [];
    const inserts: Promise<unknown>[] = [];
    for (const { id, report, bmc, address } of steps) {
      if (bmc) patches.push(difference(bmc, mergeReport(bmc, report, address, now)));
      else inserts.push(this.bmcs.upsert(id, (current) => mergeReport(current ?? newBmc(id), report, address, now)));
    }
    await Promise.all([this.bmcs.touch(patches), ...inserts]);
  }

  private skip(id: string, partitionId: string, reason: unknown): undefined {
    this.log.warn(`the BMC report of machine "${id}" from partition "${partitionId}" is ignored`, reason);
  }
}
