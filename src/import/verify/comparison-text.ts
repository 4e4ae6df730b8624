import { pluralize } from '../../shared/text.js';
import { INCONSISTENCIES, type Notes } from '../notes.js';
import { textTable } from '../text-table.js';
import { ABSENT } from './differences.js';
import type { Located } from './known-differences.js';
import type { Comparison } from './verify.js';
import type { FsckReport } from '../../modules/fsck/fsck.service.js';

/** How many unexplained differences are listed unless all are asked for. */
const SHOWN = 50;
const LONGEST = 60;

/** The comparison in words. */
export function comparisonText(comparison: Comparison, notes: Notes, all: boolean): string[] {
  const { asked, identical, known, unexplained, changed } = comparison;
  const explained = [...known.values()].reduce((sum, list) => sum + list.length, 0);
  return [
    `${pluralize(asked, 'answer')} compared, ${identical} identical, ` +
      `${explained} known and ${pluralize(unexplained.length, 'unexplained difference')} in the others`,
    '',
    ...knownText(known),
    ...unexplainedText(unexplained, all),
    ...changedText(changed),
    ...fsckText(comparison.fsck, notes),
  ];
}

/** True when nothing is left to be explained. */
export const isVerified = ({ unexplained, changed, fsck }: Comparison, notes: Notes): boolean =>
  unexplained.length === 0 && changed.size === 0 && unexpectedFindings(fsck, notes).length === 0;

function knownText(known: Comparison['known']): string[] {
  if (known.size === 0) return [];
  const rows = [...known].map(([reason, list]) => [list.length, reason, list[0] ? placeOf(list[0]) : '']);
  return [...textTable(['known', 'reason', 'for example'], rows), ''];
}

function unexplainedText(unexplained: readonly Located[], all: boolean): string[] {
  if (unexplained.length === 0) return [];
  const shown = all ? unexplained : unexplained.slice(0, SHOWN);
  const rows = shown.map((one) => [placeOf(one), ...[one.old, one.now].map((value) => valueText(one.path, value))]);
  const rest = unexplained.length - shown.length;
  return [
    ...textTable(['unexplained', 'old server', 'new server'], rows),
    ...(rest > 0 ? [`… and ${rest} more (--all shows them)`] : []),
    '',
  ];
}

const placeOf = ({ question, path, at }: Located): string => {
  const body = question.body === undefined ? '' : ` ${JSON.stringify(question.body)}`;
  return `${question.method} ${question.path}${body} ${path}${at.length > 0 ? ` (${at.join(', ')})` : ''}`;
};

/** Secrets are compared, but never shown. */
function valueText(path: string, value: unknown): string {
  if (value === ABSENT) return '-';
  if (SECRETS.test(path)) return '…';
  const text = JSON.stringify(value, (key, member: unknown) => (SECRETS.test(key) ? '…' : member)) ?? '-';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const SECRETS = /password|auth_?key|user_?data|secret/i;

function changedText(changed: Comparison['changed']): string[] {
  if (changed.size === 0) return [];
  const lines = [...changed].map(([table, ids]) => {
    const more = ids.length > 5 ? `, … (${ids.length})` : '';
    return `  ${table}: ${ids.slice(0, 5).join(', ')}${more}`;
  });
  return ['Documents that are not what the import writes, or not there, or too many:', ...lines, ''];
}

/** What fsck finds, and which of it the inconsistencies of the old data announce. */
export function fsckText(report: FsckReport, notes: Notes): string[] {
  const { findings } = report;
  if (findings.length === 0) return ['fsck: no violations'];
  const unexpected = new Set(unexpectedFindings(report, notes));
  const lines = findings.map((finding) => {
    const { invariant, ids, message, repair } = finding;
    const announced = unexpected.has(finding) ? 'UNEXPECTED, ' : '';
    return `  ${invariant}: ${ids.join(', ')}: ${message} (${announced}${repair ? 'fsck --repair repairs it' : 'an operator decides'})`;
  });
  return [
    `fsck: ${pluralize(findings.length, 'violation')}`,
    ...lines,
    'Run "metal-api fsck --repair --yes --offline" when the comparison is done.',
  ];
}

/** Findings that no inconsistency of the old data leaves to fsck. */
export function unexpectedFindings({ findings }: FsckReport, { inconsistencies }: Notes): FsckReport['findings'] {
  const left = inconsistencies.filter(({ name }) => INCONSISTENCIES[name].action.includes('fsck'));
  return findings.filter((finding) => !left.some(({ ids }) => finding.ids.some((id) => ids.includes(id))));
}
