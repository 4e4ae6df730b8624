import { cpus, loadavg } from 'node:os';
import type { Options } from './options.js';

/** One line of the table. */
export interface Figure {
  readonly what: string;
  readonly value: string;
  /** The reference value, measured in the same run. */
  readonly reference?: string;
  /** Value divided by reference. */
  readonly ratio?: number;
  /** The expectation, and whether it is met. */
  readonly target?: { readonly text: string; readonly met: boolean } | undefined;
}

export const perSecond = (rate: number): string => `${rate >= 100 ? Math.round(rate) : rate.toFixed(1)}/s`;
export const microseconds = (time: number): string => `${time.toFixed(1)} µs`;
export const milliseconds = (time: number): string => `${time >= 100 ? Math.round(time) : time.toFixed(1)} ms`;
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** The environment of the run; the load reveals other work on the same computer. */
export function heading({ engine, quick, profile }: Options): string {
  const processors = cpus();
  const load = loadavg().map((value) => value.toFixed(1));
  return [
    '# Benchmark',
    '',
    `Engine ${engine}, Node ${process.version}, ${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'},`,
    `load before the run ${load.join(' ')}, log level warn, ${quick ? 'quick' : 'full'} run${profile ? ', profiled' : ''},`,
    `${new Date().toISOString().slice(0, 16)}Z. The ratio is the value divided by the reference beside it.`,
    '',
  ].join('\n');
}

/** Formats a Markdown table that is also readable as plain text. */
export function table(title: string, figures: readonly Figure[]): string {
  const rows = [['', 'value', 'reference', 'ratio', 'target'], ...figures.map(rowOf)];
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  const [header, ...body] = rows.map(line);
  return [`## ${title}`, '', header, rule, ...body, ''].join('\n');
}

const rowOf = ({ what, value, reference = '', ratio, target }: Figure): string[] => [
  what,
  value,
  reference,
  ratio === undefined ? '' : ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2),
  target ? `${target.text}: ${target.met ? 'met' : 'MISSED'}` : '',
];
