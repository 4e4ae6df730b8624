import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { CLOCK } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { byId } from '../../../shared/entity.js';
import { mapInTurns } from '../../../shared/turns.js';
import { malformed } from '../../../shared/errors/domain-error.js';
import { eventTable } from '../event/event.table.js';
import type { EventContainer } from '../event/provisioning-event.js';
import type { Bmc, Machine } from '../machine.js';
import { bmcTable, machineTable } from '../machine.table.js';
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
import type { Circumstances, IssueSelection, IssueType } from './issue.js';

/** What a client says about the issues that it wants; whatever it leaves out means "all". */
export interface IssueWishes {
  readonly severity?: string | undefined;
  readonly only?: readonly string[] | undefined;
  readonly omit?: readonly string[] | undefined;
  /** Milliseconds; nothing, zero and less mean the default of seven days. */
  readonly errorThreshold?: number | undefined;
}

export interface MachineIssues {
  readonly machineId: string;
  /** In the order of the catalogue, never empty. */
  readonly issues: readonly IssueType[];
}

/** Finds what is wrong with machines. Reads memory only; the cost grows linearly with the fleet. */
@Injectable()
export class IssueService {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @InjectTable(bmcTable) private readonly bmcs: Table<Bmc, 'address'>,
    @InjectTable(eventTable) private readonly events: Table<EventContainer>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  catalogue(): readonly IssueType[] {
    return ISSUE_TYPES;
  }

  /**
   * The wanted issues of the given machines, ordered by machine id, healthy machines left out. Duplicates are looked
   * for in the whole fleet. Throws `malformed` for an unknown severity or issue.
   */
  evaluate(machines: readonly Machine[], wishes: IssueWishes = {}): readonly MachineIssues[] {
    return [...machines].sort(byId).map(this.judge(wishes)).filter(isIll);
  }

  /** Like `evaluate`, but gives way to others now and then; for many machines. */
  async evaluateInTurns(machines: readonly Machine[], wishes: IssueWishes = {}): Promise<readonly MachineIssues[]> {
    return (await mapInTurns([...machines].sort(byId), this.judge(wishes))).filter(isIll);
  }

  private judge(wishes: IssueWishes): (machine: Machine) => MachineIssues {
    const selection = selectionOf(wishes);
    const circumstances = this.circumstances(wishes.errorThreshold ?? 0);
    return (machine) => ({ machineId: machine.id, issues: this.issuesOf(machine, circumstances, selection) });
  }

  private issuesOf(machine: Machine, circumstances: Circumstances, selection: IssueSelection): readonly IssueType[] {
    const subject = { machine, bmc: this.bmcs.get(machine.id), events: this.events.get(machine.id) };
    return issuesOf(subject, circumstances).filter((issue) => isSelected(issue, selection));
  }

  private circumstances(errorThreshold: number): Circumstances {
    return {
      now: this.clock.now(),
      errorThreshold: errorThreshold > 0 ? errorThreshold : DEFAULT_ERROR_THRESHOLD_MS,
      firewallsWithAsn: countFirewallAsns(this.machines.list()),
      bmcsWithAddress: (address) => this.bmcs.by('address', address).length,
    };
  }
}

const isIll = ({ issues }: MachineIssues): boolean => issues.length > 0;

function selectionOf({ severity = '', only = [], omit = [] }: IssueWishes): IssueSelection {
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
    `${field} has the unknown issue "${unknown}", expected any of ${ISSUE_TYPES.map(({ id }) => id).join(', ')}`,
  );
}
