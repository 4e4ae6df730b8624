import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import type { Clock } from '../../../shared/clock.js';
import { byId } from '../../../shared/entity.js';
import { LoopSlicer, mapYielding } from '../../../shared/event-loop.js';
import { malformed } from '../../../shared/errors/domain-error.js';
import { MachineRepository } from '../core/machine.repository.js';
import { eventTable } from '../event/event.table.js';
import type { EventContainer } from '../event/provisioning-event.js';
import type { BmcRecord } from '../bmc-record.js';
import type { Machine } from '../machine.js';
import { bmcTable } from '../machine.table.js';
import {
  countFirewallAsns,
  DEFAULT_ERROR_THRESHOLD_MS,
  isIssueId,
  isSelected,
  isSeverity,
  ISSUE_TYPES,
  issuesOf,
  SEVERITIES,
} from './issue.js';
import type { IssueContext, IssueSelection, IssueSubject, IssueType } from './issue.js';

/** Issue filter as sent by a client; omitted fields do not restrict the result. */
export interface IssueFilter {
  readonly severity?: string | undefined;
  readonly only?: readonly string[] | undefined;
  readonly omit?: readonly string[] | undefined;
  /** Milliseconds; if absent or not positive, the default of seven days applies. */
  readonly errorThreshold?: number | undefined;
}

export interface MachineIssues {
  readonly machineId: string;
  /** In the order of the catalog; lists of machines with issues have none without any. */
  readonly issues: readonly IssueType[];
}

/** Finds issues of machines. Reads only from memory; the cost is linear in the size of the fleet. */
@Injectable()
export class IssueService {
  constructor(
    private readonly machines: MachineRepository,
    @InjectTable(bmcTable) private readonly bmcs: Table<BmcRecord, 'address'>,
    @InjectTable(eventTable) private readonly events: Table<EventContainer>,
    @InjectClock() private readonly clock: Clock,
  ) {}

  catalogue(): readonly IssueType[] {
    return ISSUE_TYPES;
  }

  /**
   * Returns the selected issues of the given machines, ordered by machine ID, without healthy machines. Duplicates
   * are detected in the whole fleet. Throws `malformed` for an unknown severity or issue.
   */
  evaluate(machines: readonly Machine[], filter: IssueFilter = {}): readonly MachineIssues[] {
    return [...machines].sort(byId).map(this.judge(filter)).filter(isIll);
  }

  /** Like `evaluate`, but yields to the event loop periodically; for many machines. */
  async evaluateYielding(machines: readonly Machine[], filter: IssueFilter = {}): Promise<readonly MachineIssues[]> {
    const judge = this.judge(filter);
    await new LoopSlicer().pause(); // finding the machines may have taken long
    return (await mapYielding([...machines].sort(byId), judge)).filter(isIll);
  }

  /** The description of an issue that this machine has, with what is known about it. */
  describe(machine: Machine, { description, detail }: IssueType): string {
    const more = detail?.(this.subject(machine));
    return more ? `${description}: ${more}` : description;
  }

  /**
   * Returns a function that finds the selected issues of one machine, none if it is healthy, for loops that yield.
   * Duplicate ASNs, and the age of reports and errors, are those at the time of this call; everything else is read when
   * the machine is judged. Throws `malformed` for an unknown severity or issue.
   */
  judge(filter: IssueFilter = {}): (machine: Machine) => MachineIssues {
    const selection = selectionOf(filter);
    const context = this.context(filter.errorThreshold ?? 0);
    return (machine) => ({ machineId: machine.id, issues: this.issuesOf(machine, context, selection) });
  }

  private issuesOf(machine: Machine, context: IssueContext, selection: IssueSelection): readonly IssueType[] {
    return issuesOf(this.subject(machine), context).filter((issue) => isSelected(issue, selection));
  }

  private subject(machine: Machine): IssueSubject {
    return { machine, bmc: this.bmcs.get(machine.id), events: this.events.get(machine.id) };
  }

  private context(errorThreshold: number): IssueContext {
    return {
      now: this.clock.now(),
      errorThreshold: errorThreshold > 0 ? errorThreshold : DEFAULT_ERROR_THRESHOLD_MS,
      firewallsWithAsn: countFirewallAsns(this.machines.list()),
      bmcsWithAddress: (address) => this.bmcs.by('address', address).length,
    };
  }
}

const isIll = ({ issues }: MachineIssues): boolean => issues.length > 0;

function selectionOf({ severity = '', only = [], omit = [] }: IssueFilter): IssueSelection {
  if (severity !== '' && !isSeverity(severity)) {
    throw malformed(`severity "${severity}" is unknown, expected one of ${SEVERITIES.join(', ')}`);
  }
  mustBeKnown('omit', omit);
  mustBeKnown('only', only);
  return { severity: severity === '' ? 'minor' : severity, only: new Set(only), omit: new Set(omit) };
}

function mustBeKnown(field: string, ids: readonly string[]): void {
  const unknown = ids.find((id) => !isIssueId(id));
  if (unknown === undefined) return;
  throw malformed(
    `${field} contains the unknown issue "${unknown}", expected any of ${ISSUE_TYPES.map(({ id }) => id).join(', ')}`,
  );
}
