import { Injectable } from '@nestjs/common';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import type { Content } from '../../../shared/document.js';
import { checkId } from '../../../shared/entity.js';
import { malformed } from '../../../shared/errors/domain-error.js';
import { mapConcurrently } from '../../../shared/concurrency/concurrency-limit.js';
import { LoopSlicer } from '../../../shared/event-loop.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { isLocalHost, parseBmcHost } from '../../../shared/net/bmc-address.js';
import { quoteText } from '../../../shared/text.js';
import { PartitionService } from '../../partition/partition.service.js';
import { MachineRepository } from '../core/machine.repository.js';
import { mergeBmcReport } from '../core/transitions/bmc-record.js';
import type { BmcReport } from '../core/transitions/bmc-record.js';
import { applyBmcReport } from '../core/transitions/hardware.js';
import { storedMachineId } from '../core/machine-ids.js';
import { newBmcRecord } from '../bmc-record.js';
import { newMachine } from '../machine.js';
import type { BmcRecord } from '../bmc-record.js';
import type { Machine } from '../machine.js';
import { bmcTable } from '../machine.table.js';
import { changedFields, reportedAddress } from './bmc-report.js';

/** IDs of the machines whose reports were stored, sorted. */
export interface BmcReportResult {
  readonly updated: readonly string[];
  readonly created: readonly string[];
}

type Patch = { readonly id: string } & Partial<Omit<BmcRecord, 'revision'>>;

/** A report of a machine that is read in its turn, because cleaning the texts of thousands takes long. */
export interface UnreadReport {
  /** As sent. */
  readonly id: string;
  /** Returns the report, or the reason why it cannot be read. */
  readonly read: () => BmcReport | Error;
}

/** The work for one machine of a report. */
interface Step {
  readonly id: string;
  readonly report: BmcReport;
  readonly machine: Machine | undefined;
  readonly bmc: BmcRecord | undefined;
  readonly address: string;
}

/** A report that was skipped, and the reason. */
interface Skipped {
  readonly id: string;
  readonly reason: unknown;
}

/** Reports that are processed without yielding (a few milliseconds of work), and slices that wait for the database. */
const SLICE = 50;
const SLICES_AT_A_TIME = 4;

/** Maximum number of skipped reports per request that are logged individually. */
const TOLD = 20;

/** Stores the inventory and power data that BMC watchers report. */
@Injectable()
export class BmcService {
  constructor(
    private readonly machines: MachineRepository,
    @InjectTable(bmcTable) private readonly bmcs: Table<BmcRecord>,
    @InjectClock() private readonly clock: Clock,
    @InjectLogger() private readonly log: AppLogger,
    private readonly partitions: PartitionService,
    @InjectConfig() private readonly config: Pick<Config, 'bmc'>,
  ) {}

  /**
   * Stores the BMC reports of a partition, by machine ID. Creates unknown machines, assigns machines without a
   * partition to this one, and skips machines of other partitions. Reports are processed independently: those that
   * cannot be read or stored are logged and missing from the result. Throws `malformed` without a partition,
   * `not-found` for an unknown one.
   *
   * A whole partition reports at once. Its reports are read and stored in slices that yield to the event loop, each of
   * which sees the machines as they are at its turn. Rejects if the database fails; some slices may be stored then, and
   * the report may be repeated.
   */
  async report(partitionId: string, reports: readonly UnreadReport[]): Promise<BmcReportResult> {
    if (!partitionId) throw malformed('partitionid must not be empty');
    this.partitions.get(partitionId);
    const skipped: Skipped[] = [];
    const prepare = this.preparer(partitionId, skipped);
    const slicer = new LoopSlicer();
    const slices = await mapConcurrently(slicesOf(reports), SLICES_AT_A_TIME, async (slice) => {
      await slicer.pause();
      return this.store(prepare(slice), partitionId, skipped);
    });
    const stored = slices.flat();
    this.tell(partitionId, skipped);
    const ids = (known: boolean): string[] =>
      stored
        .filter(({ machine }) => (machine !== undefined) === known)
        .map(({ id }) => id)
        .sort();
    return { updated: ids(true), created: ids(false) };
  }

  /**
   * Returns a function that makes one step per machine of a slice. If a machine is reported twice, in two spellings of
   * its UUID, the first report counts, in whichever slices they are.
   */
  private preparer(partitionId: string, skipped: Skipped[]): (slice: readonly UnreadReport[]) => readonly Step[] {
    const known = new Set<string>();
    return (slice) =>
      slice.flatMap(({ id: reportedId, read }) => {
        const id = storedMachineId(this.machines, reportedId);
        const step = known.has(id) ? 'the machine is reported twice' : this.stepOf(id, partitionId, read());
        if (step instanceof Error || typeof step === 'string') {
          skipped.push({ id: reportedId, reason: step });
          return [];
        }
        known.add(id);
        return [step];
      });
  }

  /** Stores the machines of a slice concurrently, then their BMCs. Returns the steps that were stored. */
  private async store(steps: readonly Step[], partitionId: string, skipped: Skipped[]): Promise<readonly Step[]> {
    const results = await Promise.all(steps.map((step) => this.storeMachine(step, partitionId, skipped)));
    return this.storeBmcs(
      results.filter((step) => step !== undefined),
      skipped,
    );
  }

  /** Returns the step for a report, or the reason for skipping it. */
  private stepOf(id: string, partitionId: string, report: BmcReport | Error): Step | Error | string {
    if (report instanceof Error) return report;
    const machine = this.machines.get(id);
    const bmc = this.bmcs.get(id);
    const address = reportedAddress(report.bmcIp, bmc?.address ?? '');
    if (address === undefined) return `${quoteText(report.bmcIp)} is not a BMC address`;
    if (!this.config.bmc.localAddresses && isLocalHost(parseBmcHost(report.bmcIp) ?? '')) {
      return `${quoteText(report.bmcIp)} is a loopback or link-local address (METAL_API_BMC_LOCAL_ADDRESSES)`;
    }
    if (machine?.partitionId && machine.partitionId !== partitionId) {
      return `the machine belongs to partition "${machine.partitionId}"`;
    }
    return { id, report, machine, bmc, address };
  }

  /** Writes the machine only if the report changes it, because other writers contend for this document. */
  private async storeMachine(step: Step, partitionId: string, skipped: Skipped[]): Promise<Step | undefined> {
    const { id, report, machine } = step;
    const apply = <M extends Content<Machine>>(current: M): M => applyBmcReport(current, partitionId, report);
    try {
      if (machine === undefined) {
        checkId('machine', id);
        await this.machines.create(apply(newMachine(id, timestamp(this.clock.now()))));
      } else if (apply(machine) !== machine) await this.machines.change(id, apply);
      return step;
    } catch (reason) {
      skipped.push({ id, reason });
      return undefined;
    }
  }

  /**
   * Updates the known BMCs of a slice, the usual case every five minutes, in one round trip. Returns the steps that
   * were stored.
   */
  private async storeBmcs(steps: readonly Step[], skipped: Skipped[]): Promise<readonly Step[]> {
    const now = timestamp(this.clock.now());
    const known = steps.flatMap(({ report, bmc, address }): Patch[] =>
      bmc ? [changedFields(bmc, mergeBmcReport(bmc, report, address, now))] : [],
    );
    const insert = async ({ id, report, bmc, address }: Step): Promise<boolean> => {
      if (bmc) return true;
      try {
        await this.bmcs.upsert(id, (current) => mergeBmcReport(current ?? newBmcRecord(id), report, address, now));
        return true;
      } catch (reason) {
        skipped.push({ id, reason });
        return false;
      }
    };
    const [, ...inserted] = await Promise.all([this.bmcs.patchUnchecked(known), ...steps.map(insert)]);
    return steps.filter((_, index) => inserted[index]);
  }

  private tell(partitionId: string, skipped: readonly Skipped[]): void {
    for (const { id, reason } of skipped.slice(0, TOLD)) {
      this.log.warn(`ignored the BMC report of machine ${quoteText(id)} from partition "${partitionId}"`, reason);
    }
    if (skipped.length > TOLD) {
      this.log.warn(`ignored ${skipped.length - TOLD} more BMC reports from partition "${partitionId}"`);
    }
  }
}

const slicesOf = (reports: readonly UnreadReport[]): (readonly UnreadReport[])[] =>
  Array.from({ length: Math.ceil(reports.length / SLICE) }, (_, at) => reports.slice(at * SLICE, (at + 1) * SLICE));
