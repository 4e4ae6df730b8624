import { append } from '../shared/append.js';
import { pluralize } from '../shared/text.js';
import { INCONSISTENCIES, type Inconsistency, type InconsistencyName, type Notes } from './notes.js';
import type { OldInstallation, OldTable } from './old-installation.js';
import { IMPORTED } from './target/tables.js';
import { textTable } from './text-table.js';
import type { Translation } from './translate/translation.js';

/** How many of a kind are listed unless all are asked for. */
const SHOWN = 20;

/** What is said of each table. */
export interface KindCounts {
  readonly kind: string;
  /** Documents of this kind in the old databases; undefined where they are made of other documents. */
  readonly read: number | undefined;
  readonly create: number;
  readonly adapt: number;
  readonly leaveOut: number;
}

/** How many documents of each kind were read, and what becomes of them. */
export function kindCounts(old: OldInstallation, { documents, notes }: Translation): KindCounts[] {
  return IMPORTED.map(({ name: kind }) => ({
    kind,
    read: readOf(old, kind),
    create: documents.get(kind)?.length ?? 0,
    adapt: new Set(notes.adaptations.filter((one) => one.kind === kind).map(({ id }) => id)).size,
    leaveOut: notes.omissions.filter((one) => one.kind === kind).length,
  }));
}

function readOf(old: OldInstallation, kind: string): number | undefined {
  if (kind === 'tenant') return old.tenants.length;
  if (kind === 'project') return old.projects.length;
  return Object.hasOwn(old.tables, kind) ? old.tables[kind as OldTable].length : undefined;
}

/** The plan in words. */
export function planText(old: OldInstallation, translation: Translation, all: boolean): string[] {
  const { notes } = translation;
  const rows = kindCounts(old, translation).map(({ kind, read, create, adapt, leaveOut }) => [
    kind,
    read === undefined ? 'derived' : String(read),
    create,
    adapt,
    leaveOut,
  ]);
  return [
    ...textTable(['kind', 'read', 'create', 'adapt', 'leave out'], rows),
    '',
    ...changesText(notes, all),
    ...inconsistenciesText(notes.inconsistencies, all),
  ];
}

function changesText({ adaptations, omissions }: Notes, all: boolean): string[] {
  const adapted = adaptations.map(({ kind, id, what, why }) => `  ${kind} ${id}: ${what} (${why})`);
  const omitted = omissions.map(({ kind, id, why }) => `  ${kind} ${id}: ${why}`);
  return [...section('Adapted', adapted, all), ...section('Left out', omitted, all)];
}

const section = (title: string, lines: readonly string[], all: boolean): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...shortened(lines, all), ''];

/** All inconsistencies by name, with what is done about them. */
export function inconsistenciesText(inconsistencies: readonly Inconsistency[], all: boolean): string[] {
  if (inconsistencies.length === 0) return ['No inconsistencies.'];
  const byName = new Map<InconsistencyName, Inconsistency[]>();
  for (const one of inconsistencies) append(byName, one.name, one);
  const title = `${pluralize(inconsistencies.length, 'inconsistency', 'inconsistencies')} of the old data:`;
  return [title, ...[...byName].flatMap(([name, list]) => ['', ...inconsistencyText(name, list, all)])];
}

function inconsistencyText(name: InconsistencyName, list: readonly Inconsistency[], all: boolean): string[] {
  const { what, action } = INCONSISTENCIES[name];
  const lines = list.map(({ ids, message }) => `    ${ids.join(', ')}: ${message}`);
  return [`  ${name} (${list.length}): ${what}`, `    import will: ${action}`, ...shortened(lines, all)];
}

const shortened = (lines: readonly string[], all: boolean): readonly string[] =>
  all || lines.length <= SHOWN
    ? lines
    : [...lines.slice(0, SHOWN), `    … and ${lines.length - SHOWN} more (--all shows them)`];
