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
import { quoted } from '../../../shared/text.js';
import { PartitionService } from '../../partition/partition.service.js';
import { storedMachineId } from '../machine-ids.js';
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

/** A report that did not count, and why. */
interface Skipped {
  readonly id: string;
  readonly reason: unknown;
}

/** Skipped reports of one request that the log tells one by one. */
const TOLD = 20;

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
   * Stores the reports of a partition's BMCs by machine id. Unknown machines are created, machines without partition join
   * this one, those of other partitions are left alone. Each report is judged by itself: those that could not be read or
   * stored are logged and missing in the result. Throws `malformed` without partition, `not-found` for an unknown one.
   */
  async report(partitionId: string, reports: ReadonlyMap<string, BmcReport | Error>): Promise<BmcReportResult> {
    if (!partitionId) throw malformed('partitionid must not be empty');
    this.partitions.get(partitionId);
    const skipped: Skipped[] = [];
    const steps = this.prepare(partitionId, reports, skipped);
    // A whole partition reports at once: its machines are stored side by side, but begun in turns with everything else.
    const storing = await mapInTurns(steps, (step) => ({ done: this.storeMachine(step, partitionId, skipped) }));
    const results = await Promise.all(storing.map(({ done }) => done));
    const stored = await this.storeBmcs(
      results.filter((step) => step !== undefined),
      skipped,
    );
    this.tell(partitionId, skipped);
    const ids = (known: boolean): string[] =>
      stored
        .filter(({ machine }) => (machine !== undefined) === known)
        .map(({ id }) => id)
        .sort();
    return { updated: ids(true), created: ids(false) };
  }

  /** One step for each machine; of two reports of one machine, in two spellings of its UUID, the first counts. */
  private prepare(
    partitionId: string,
    reports: ReadonlyMap<string, BmcReport | Error>,
    skipped: Skipped[],
  ): readonly Step[] {
    const steps = new Map<string, Step>();
    for (const [reportedId, report] of reports) {
      const id = storedMachineId(this.machines, reportedId);
      const step = steps.has(id) ? 'the machine is reported twice' : this.stepOf(id, partitionId, report);
      if (step instanceof Error || typeof step === 'string') skipped.push({ id: reportedId, reason: step });
      else steps.set(id, step);
    }
    return [...steps.values()];
  }

  /** What is to be done, or why nothing is. */
  private stepOf(id: string, partitionId: string, report: BmcReport | Error): Step | Error | string {
    if (report instanceof Error) return report;
    const machine = this.machines.get(id);
    const bmc = this.bmcs.get(id);
    const address = reportedAddress(report.bmcIp, bmc?.address ?? '');
    if (address === undefined) return `${quoted(report.bmcIp)} is no address of a BMC`;
    if (machine?.partitionId && machine.partitionId !== partitionId) {
      return `the machine belongs to partition "${machine.partitionId}"`;
    }
    return { id, report, machine, bmc, address };
  }

  /** Writes the machine only when the report says something new about it: other writers wait for this document. */
  private async storeMachine(step: Step, partitionId: string, skipped: Skipped[]): Promise<Step | undefined> {
    const { id, report, machine } = step;
    const now = timestamp(this.clock.now());
    const apply = <M extends Omit<Machine, 'revision'>>(current: M): M =>
      applyReport(current, partitionId, report, now);
    try {
      checkId('machine', id);
      if (machine === undefined) await this.machines.insert(apply(newMachine(id, now)));
      else if (apply(machine) !== machine) await this.machines.update(id, apply);
      return step;
    } catch (reason) {
      skipped.push({ id, reason });
      return undefined;
    }
  }

  /** One round trip for all BMCs that are known, which is the usual case every five minutes. Returns what was stored. */
  private async storeBmcs(steps: readonly Step[], skipped: Skipped[]): Promise<readonly Step[]> {
    const now = timestamp(this.clock.now());
    const known = steps.flatMap(({ report, bmc, address }): Patch[] =>
      bmc ? [difference(bmc, mergeReport(bmc, report, address, now))] : [],
    );
    const insert = async ({ id, report, bmc, address }: Step): Promise<boolean> => {
      if (bmc) return true;
      try {
        await this.bmcs.upsert(id, (current) => mergeReport(current ?? newBmc(id), report, address, now));
        return true;
      } catch (reason) {
        skipped.push({ id, reason });
        return false;
      }
    };
    const [, ...inserted] = await Promise.all([this.bmcs.touch(known), ...steps.map(insert)]);
    return steps.filter((_, index) => inserted[index]);
  }

  private tell(partitionId: string, skipped: readonly Skipped[]): void {
    for (const { id, reason } of skipped.slice(0, TOLD)) {
      this.log.warn(`the BMC report of machine ${quoted(id)} from partition "${partitionId}" is ignored`, reason);
    }
    if (skipped.length > TOLD) {
      this.log.warn(`${skipped.length - TOLD} more BMC reports from partition "${partitionId}" are ignored`);
    }
  }
}
