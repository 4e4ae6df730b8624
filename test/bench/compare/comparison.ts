import { isRate } from '../quantity.js';
import type { Result, ResultFigure } from '../result.js';

/** The part of a ratio that may be lost before a comparison fails. */
export const TOLERANCE = 0.15;

/** A figure of two runs. Ratios are values divided by the reference of the same run. */
export interface Compared {
  readonly section: string;
  readonly name: string;
  readonly before: number;
  /** Undefined if the new run lacks the figure. */
  readonly now: number | undefined;
  /** The part that was lost, 0.2 for 20 %; negative if it improved. */
  readonly loss: number;
}

/**
 * Compares the ratios of a run with those of an earlier one, for the figures that the earlier one marks as `compared`.
 * With `sections`, only figures of these.
 */
export function compare(before: Result, now: Result, sections?: ReadonlySet<string>): Compared[] {
  return before.figures
    .filter(({ section, compared }) => compared && (sections?.has(section) ?? true))
    .map((figure) => compareFigure(figure, find(now, figure)));
}

/** Figures that lost too much, or that the new run lacks. */
export const lost = (rows: readonly Compared[]): Compared[] => rows.filter(({ loss }) => !(loss <= TOLERANCE));

/** The better of both comparisons for each figure, so that a slow moment of the computer counts once only. */
export const better = (rows: readonly Compared[], others: readonly Compared[]): Compared[] =>
  rows.map((row) => {
    const other = others.find(({ section, name }) => section === row.section && name === row.name);
    return other && other.loss < row.loss ? other : row;
  });

const find = ({ figures }: Result, { section, name }: ResultFigure): ResultFigure | undefined =>
  figures.find((figure) => figure.section === section && figure.name === name);

function compareFigure({ section, name, unit, ratio: before = NaN }: ResultFigure, now?: ResultFigure): Compared {
  const ratio = Number.isFinite(now?.ratio) ? now?.ratio : undefined;
  return { section, name, before, now: ratio, loss: ratio === undefined ? Infinity : lossOf(unit, before, ratio) };
}

const lossOf = (unit: ResultFigure['unit'], before: number, now: number): number =>
  unit !== undefined && isRate(unit) ? 1 - now / before : now / before - 1;
