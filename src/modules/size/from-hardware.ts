import type { ConstraintType, HardwareFacts, Size, SizeConstraint } from './size.js';
import { countedAmount, coversTypes } from './size-matching.js';

/** How one constraint of a size came out for some hardware. */
export interface ConstraintFinding {
  readonly constraint: SizeConstraint;
  readonly amount: number;
  readonly holds: boolean;
}

/** What clients of 2021 can say completely; CPU models and GPUs they do not know. */
const EXPRESSIBLE: readonly ConstraintType[] = ['memory', 'storage'];

/**
 * The sizes that hardware described as in 2021 has: by the rules of today, except that a CPU has every model and need
 * not be counted by a constraint (reference/30 §2.3).
 */
export const matchingSizesOf2021 = (hardware: HardwareFacts, sizes: readonly Size[]): Size[] =>
  sizes.filter((size) => {
    const findings = findingsOf(hardware, size);
    const constraints = findings.map(({ constraint }) => constraint);
    return (
      findings.length > 0 && findings.every(({ holds }) => holds) && coversTypes(hardware, constraints, EXPRESSIBLE)
    );
  });

/** One finding for each constraint, in the order of the size. */
export const findingsOf = (hardware: HardwareFacts, { constraints }: Size): ConstraintFinding[] =>
  constraints.map((constraint) => {
    const amount = countedAmount(
      hardware,
      constraint.type === 'cores' ? { ...constraint, identifier: '' } : constraint,
    );
    return { constraint, amount, holds: amount >= constraint.min && amount <= constraint.max };
  });
