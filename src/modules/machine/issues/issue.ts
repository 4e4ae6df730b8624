import { BMC_PASSWORD_BYTES, BMC_USER_BYTES, bytesOver } from '../../../shared/net/bmc-credentials.js';
import type { EventContainer, ProvisioningEvent } from '../event/provisioning-event.js';
import type { BmcRecord } from '../bmc-record.js';
import type { Machine } from '../machine.js';

/** In ascending order. */
export const SEVERITIES = ['minor', 'major', 'critical'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** One machine with everything known about it. */
export interface IssueSubject {
  readonly machine: Machine;
  readonly bmc: BmcRecord | undefined;
  readonly events: EventContainer | undefined;
}

/** Facts about the whole fleet that checks depend on. */
export interface IssueContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Provisioning errors older than this no longer count. Milliseconds. */
  readonly errorThreshold: number;
  /** Number of firewalls in the whole fleet that use the ASN. */
  readonly firewallsWithAsn: (asn: number) => number;
  /** Number of BMCs in the whole fleet with the address. */
  readonly bmcsWithAddress: (address: string) => number;
}

/** An issue that the server can detect. */
export interface IssueType {
  readonly id: string;
  readonly severity: Severity;
  readonly description: string;
  /** What is known about the issue of this machine beyond its description; undefined if nothing is. */
  readonly detail?: (subject: IssueSubject) => string | undefined;
}

interface Judged extends IssueType {
  readonly holds: (subject: IssueSubject & { readonly events: EventContainer }, context: IssueContext) => boolean;
}

/** Seven days. */
export const DEFAULT_ERROR_THRESHOLD_MS = 7 * 24 * 3_600_000;

/** BMC data is reported every five minutes. */
const BMC_OUTDATED_AFTER_MS = 20 * 60_000;

const NO_EVENT_CONTAINER: IssueType = {
  id: 'no-event-container',
  severity: 'major',
  description: 'nothing is known about events of this machine',
};

const lastErrorOf = ({ event, message }: ProvisioningEvent): string =>
  [event, message.trim()].filter(Boolean).join(': ');
const isFirewall = ({ allocation }: Machine): boolean => allocation?.role === 'firewall';
const newest = ({ events }: EventContainer): string | undefined => events[0]?.event;

/** In the order in which issues are listed and evaluated (docs/reference/machine-issues.md#catalogue). */
const JUDGED: readonly Judged[] = [
  {
    id: 'no-partition',
    severity: 'major',
    description: 'the machine belongs to no partition',
    holds: ({ machine }) => machine.partitionId === undefined,
  },
  {
    id: 'liveliness-dead',
    severity: 'major',
    description: 'the machine stopped sending events',
    holds: ({ events }) => events.liveliness === 'Dead',
  },
  {
    id: 'liveliness-unknown',
    severity: 'major',
    description: 'the machine is allocated, but stopped phoning home',
    holds: ({ events }) => events.liveliness === 'Unknown',
  },
  {
    id: 'liveliness-not-available',
    severity: 'minor',
    description: 'whether the machine is alive was never determined',
    holds: ({ events }) => !['Alive', 'Dead', 'Unknown'].includes(events.liveliness),
  },
  {
    id: 'failed-machine-reclaim',
    severity: 'critical',
    description: 'the machine phones home although it is not allocated',
    holds: ({ machine, events }) =>
      events.failedMachineReclaim || (machine.allocation === undefined && newest(events) === 'Phoned Home'),
  },
  {
    id: 'crashloop',
    severity: 'major',
    description: 'the provisioning of the machine starts over and over again',
    holds: ({ events }) => events.crashLoop && newest(events) !== 'Waiting',
  },
  {
    id: 'last-event-error',
    severity: 'minor',
    description: 'the provisioning of the machine had an error recently',
    detail: ({ events }) => events?.lastErrorEvent && lastErrorOf(events.lastErrorEvent),
    holds: ({ events: { lastErrorEvent } }, { now, errorThreshold }) =>
      lastErrorEvent !== undefined && now - Date.parse(lastErrorEvent.time) < errorThreshold,
  },
  {
    id: 'bmc-without-mac',
    severity: 'major',
    description: "the hardware address of the machine's BMC is unknown",
    holds: ({ bmc }) => !bmc?.mac,
  },
  {
    id: 'bmc-without-ip',
    severity: 'major',
    description: "the network address of the machine's BMC is unknown",
    holds: ({ bmc }) => !bmc?.address,
  },
  {
    id: 'bmc-info-outdated',
    severity: 'major',
    description: "the data of the machine's BMC was not refreshed for a while",
    holds: ({ bmc }, { now }) => !bmc?.lastUpdated || now - Date.parse(bmc.lastUpdated) > BMC_OUTDATED_AFTER_MS,
  },
  {
    id: 'asn-not-unique',
    severity: 'minor',
    description: 'another firewall announces its routes with the same ASN',
    holds: ({ machine }, { firewallsWithAsn }) =>
      isFirewall(machine) && firewallsWithAsn(machine.allocation?.asn ?? 0) > 1,
  },
  {
    id: 'bmc-no-distinct-ip',
    severity: 'major',
    description: "another machine's BMC has the same network address",
    holds: ({ bmc }, { bmcsWithAddress }) => !!bmc?.address && bmcsWithAddress(bmc.address) > 1,
  },
  {
    id: 'bmc-credentials-too-long',
    severity: 'major',
    description: `the BMC's user has more than ${BMC_USER_BYTES} bytes or its password more than ${BMC_PASSWORD_BYTES}, which IPMI cannot take`,
    holds: ({ bmc }) =>
      bytesOver('user', bmc?.user ?? '', BMC_USER_BYTES) !== undefined ||
      bytesOver('password', bmc?.password ?? '', BMC_PASSWORD_BYTES) !== undefined,
  },
];

/** All issue types, in the order in which they are evaluated. */
export const ISSUE_TYPES: readonly IssueType[] = [...JUDGED, NO_EVENT_CONTAINER];

export const isIssueId = (text: string): boolean => ISSUE_TYPES.some(({ id }) => id === text);

export const isSeverity = (text: string): text is Severity => (SEVERITIES as readonly string[]).includes(text);

/**
 * Returns the issues of one machine, in the order of the catalog. Without an event container hardly any check is
 * meaningful, so only its absence is reported.
 */
export function issuesOf({ events, ...subject }: IssueSubject, context: IssueContext): readonly IssueType[] {
  if (!events) return [NO_EVENT_CONTAINER];
  const judged = { ...subject, events };
  return JUDGED.filter(({ holds }) => holds(judged, context));
}

/** The issues that a request selects. `omit` takes precedence over `only`; an empty `only` means all. */
export interface IssueSelection {
  readonly severity: Severity;
  readonly only: ReadonlySet<string>;
  readonly omit: ReadonlySet<string>;
}

export const isSelected = ({ id, severity }: IssueType, wanted: IssueSelection): boolean =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(wanted.severity) &&
  !wanted.omit.has(id) &&
  (wanted.only.size === 0 || wanted.only.has(id));

/** Number of firewalls by ASN; takes one pass over the fleet. */
export function countFirewallAsns(machines: Iterable<Machine>): (asn: number) => number {
  const counts = new Map<number, number>();
  for (const machine of machines) {
    const asn = isFirewall(machine) ? machine.allocation!.asn : 0;
    if (asn !== 0) counts.set(asn, (counts.get(asn) ?? 0) + 1);
  }
  return (asn) => counts.get(asn) ?? 0;
}
