import { readFileSync } from 'node:fs';
import { UsageError } from '../../src/cli/usage-error.js';
import type { Unit } from './quantity.js';
import { ratioOf } from './report.js';
import type { Figure } from './report.js';

/** The form of these files; another number means that readers have to change (docs/performance.md#files). */
const FORMAT = 1;

/** What was measured, where. */
export interface Setting {
  readonly product: { readonly name: string; readonly version: string };
  readonly engine: { readonly name: string; readonly version: string };
  readonly machines: number;
  readonly effort: 'quick' | 'full';
  readonly node: string;
  readonly processors: string;
  /** RFC 3339 in UTC. */
  readonly date: string;
}

/** One figure in a file. Times are milliseconds unless `unit` says otherwise. */
export interface ResultFigure {
  readonly section: string;
  /** Unique in its section; stays the same from release to release. */
  readonly name: string;
  readonly value?: number;
  readonly unit?: Unit;
  /** What the value counts. */
  readonly of?: string;
  /** A finding that is no number. */
  readonly text?: string;
  readonly p50?: number;
  readonly p99?: number;
  readonly stall?: number;
  readonly reference?: { readonly value: number; readonly unit: Unit; readonly of?: string; readonly sameRun: boolean };
  readonly ratio?: number;
  /** Whether a comparison of two runs compares the ratio. */
  readonly compared?: true;
  readonly target?: { readonly text: string; readonly met: boolean };
}

/** The figures of one run, as `--json` writes them. */
export interface Result extends Setting {
  readonly format: typeof FORMAT;
  readonly figures: readonly ResultFigure[];
}

/** Figures of one section of a run. */
export interface SectionFigures {
  readonly section: string;
  readonly figures: readonly Figure[];
}

export const resultOf = (setting: Setting, sections: readonly SectionFigures[]): Result => ({
  format: FORMAT,
  ...setting,
  figures: sections.flatMap(({ section, figures }) =>
    withFullNames(figures).map((figure) => ({ section, ...resultFigure(figure) })),
  ),
});

export const jsonOf = (result: Result): string => `${JSON.stringify(result, null, 2)}\n`;

/** Reads a file that `--json` wrote. Throws a UsageError that names the file if it is something else. */
export function readResult(file: string): Result {
  const wrong = (problem: string, cause?: unknown): UsageError =>
    new UsageError(`${file} ${problem}, expected a file that npm run bench -- --json FILE wrote`, { cause });
  let value: Partial<Result> | null;
  try {
    value = JSON.parse(readFileSync(file, 'utf8')) as Partial<Result> | null;
  } catch (error) {
    throw wrong(`cannot be read (${(error as Error).message})`, error);
  }
  if (value?.format !== FORMAT) throw wrong(`has format ${JSON.stringify(value?.format)} instead of ${FORMAT}`);
  if (!Array.isArray(value.figures)) throw wrong('has no figures');
  return value as Result;
}

/** Names of rows that belong to the row above begin with its name. */
function withFullNames(figures: readonly Figure[]): Figure[] {
  let above = '';
  return figures.map((figure) => {
    if (figure.what.startsWith(' ')) return { ...figure, what: `${above}: ${figure.what.trim()}` };
    above = figure.what;
    return figure;
  });
}

function resultFigure(figure: Figure): Omit<ResultFigure, 'section'> {
  const { what, value, latency, stall, reference, target, isUnsteady } = figure;
  const ratio = ratioOf(figure);
  const measured = typeof reference === 'object' ? reference : undefined;
  return {
    name: what,
    ...(typeof value === 'string' ? { text: value } : { ...value, value: rounded(value.value) }),
    ...(latency && { p50: rounded(latency.p50), p99: rounded(latency.p99) }),
    ...(stall !== undefined && { stall: rounded(stall) }),
    ...(measured && {
      reference: {
        value: rounded(measured.value),
        unit: measured.unit,
        ...(measured.of !== undefined && { of: measured.of }),
        sameRun: !measured.published,
      },
    }),
    ...(ratio !== undefined && { ratio: rounded(ratio) }),
    ...(ratio !== undefined && !measured?.published && !isUnsteady && { compared: true }),
    ...(target && { target }),
  };
}

const rounded = (value: number): number => Number(value.toPrecision(5));
