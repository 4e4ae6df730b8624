import { cpus, loadavg } from 'node:os';
import { milliseconds, textOf } from './quantity.js';
import type { Quantity } from './quantity.js';

/** Milliseconds within which half of the requests, and 99 of 100, were answered. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** One line of the table. */
export interface Figure {
  /** A name that begins with spaces belongs to the row above. */
  readonly what: string;
  /** A text is a finding that is no number. */
  readonly value: Quantity | string;
  readonly latency?: Latency;
  /** The longest time in milliseconds for which the event loop of the server was held meanwhile. */
  readonly stall?: number;
  /** What the value is seen against: measured in the same run unless it is `published`. */
  readonly reference?: (Quantity & { readonly published?: true }) | string;
  /**
   * Whether the value differs from run to run by more than a comparison tolerates, because a few of the slowest requests
   * or the garbage collector decide it.
   */
  readonly isUnsteady?: true;
  /** The expectation, and whether it is met. */
  readonly target?: { readonly text: string; readonly met: boolean } | undefined;
}

/** Value divided by reference, if both are of one unit. */
export function ratioOf({ value, reference }: Figure): number | undefined {
  if (typeof value === 'string' || typeof reference !== 'object' || value.unit !== reference.unit) return undefined;
  return value.value / reference.value;
}

/** The environment of the run; the load reveals other work on the same computer. */
export function heading(measured: string): string {
  return [
    '# Benchmark',
    '',
    `${measured}, Node ${process.version}, ${processors()},`,
    `load before the run ${loadavg().map(one).join(' ')}, ${new Date().toISOString().slice(0, 16)}Z.`,
    'The ratio is the value divided by the reference beside it.',
    '',
  ].join('\n');
}

const one = (value: number): string => value.toFixed(1);

/** `2 × AMD EPYC`. */
export function processors(): string {
  const all = cpus();
  return `${all.length} × ${all[0]?.model.trim() ?? 'unknown'}`;
}

const COLUMNS = ['', 'value', 'p50', 'p99', 'stall', 'reference', 'ratio', 'target'];

/** Formats a Markdown table that is also readable as plain text, without columns that are empty. */
export function table(title: string, figures: readonly Figure[]): string {
  const all = figures.map(rowOf);
  const used = COLUMNS.map((_, column) => column).filter((column) => all.some((row) => row[column] !== ''));
  const rows = [COLUMNS, ...all].map((row) => used.map((column) => row[column]!));
  const widths = used.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  const [header, ...body] = rows.map(line);
  return [`## ${title}`, '', header, rule, ...body, ''].join('\n');
}

function rowOf(figure: Figure): string[] {
  const { what, value, latency, stall, reference = '', target } = figure;
  const ratio = ratioOf(figure);
  return [
    what,
    shown(value),
    time(latency?.p50),
    time(latency?.p99),
    time(stall),
    shown(reference),
    ratio === undefined ? '' : ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2),
    target ? `${target.text}: ${target.met ? 'met' : 'MISSED'}` : '',
  ];
}

const shown = (value: Quantity | string): string => (typeof value === 'string' ? value : textOf(value));
const time = (value: number | undefined): string => (value === undefined ? '' : textOf(milliseconds(value)));
