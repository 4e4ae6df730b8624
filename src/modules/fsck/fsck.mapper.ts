import type { FsckFindingDto, FsckReportDto } from './fsck.dto.js';
import { INVARIANTS, type Repair } from './fsck.js';
import type { ExaminedFinding, FsckReport } from './fsck.service.js';

export const toFsckReport = ({ findings, examined }: FsckReport): FsckReportDto => ({
  consistent: findings.length === 0,
  examined,
  invariants: INVARIANTS,
  findings: findings.map(toFinding),
});

const toFinding = ({ invariant, ids, message, repair, outcome }: ExaminedFinding): FsckFindingDto => ({
  invariant,
  ids,
  message,
  repair: repair ? inWords(repair) : null,
  ...(outcome !== undefined && { outcome }),
});

/** Example: `release-vrf vrf=7 network=x`. */
function inWords({ action, ...parameters }: Repair): string {
  const words = Object.entries(parameters).map(
    ([name, value]) => `${name}=${value === '' || value === undefined ? '""' : value}`,
  );
  return [action, ...words].join(' ');
}
