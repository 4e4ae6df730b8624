import type { MachineIssue, MachineIssueResponse, MachineIssuesRequest } from './issue.dto.js';
import type { IssueType } from './issue.js';
import type { IssueWishes, MachineIssues } from './issue.service.js';

/** Operators know these pages; the ids of issues are their anchors. Those of our own are on no page. */
const TROUBLESHOOTING = 'https://docs.metal-stack.io/stable/installation/troubleshoot/';
const OWN_ISSUES: readonly string[] = ['bmc-credentials-too-long'];

const NANOSECONDS_PER_MILLISECOND = 1_000_000;

export const toMachineIssue = ({ id, severity, description }: IssueType): MachineIssue => ({
  id,
  severity,
  description,
  ref_url: OWN_ISSUES.includes(id) ? '' : `${TROUBLESHOOTING}#${id}`,
  details: '',
});

export const toIssueWishes = (body: MachineIssuesRequest): IssueWishes => ({
  severity: body.severity,
  only: body.only,
  omit: body.omit,
  errorThreshold: (body.last_error_threshold ?? 0) / NANOSECONDS_PER_MILLISECOND,
});

export const toMachineIssueResponse = ({ machineId, issues }: MachineIssues): MachineIssueResponse => ({
  machineid: machineId,
  issues: issues.map(({ id }) => id),
});
