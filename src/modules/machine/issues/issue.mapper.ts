import type { MachineIssue, MachineIssueResponse, MachineIssuesRequest } from './issue.dto.js';
import type { IssueType } from './issue.js';
import type { IssueFilter, MachineIssues } from './issue.service.js';

/**
 * Troubleshooting pages that operators know; issue IDs are their anchors. Issues specific to this server have no
 * page.
 */
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

export const toIssueFilter = (body: MachineIssuesRequest): IssueFilter => ({
  severity: body.severity,
  only: body.only,
  omit: body.omit,
  errorThreshold: (body.last_error_threshold ?? 0) / NANOSECONDS_PER_MILLISECOND,
});

export const toMachineIssueResponse = ({ machineId, issues }: MachineIssues): MachineIssueResponse => ({
  machineid: machineId,
  issues: issues.map(({ id }) => id),
});
