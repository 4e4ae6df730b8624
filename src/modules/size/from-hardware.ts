import type { ConstraintType, HardwareFacts, Size, SizeConstraint } from './size.js';
import { countedAmount, coversTypes } from './size-matching.js';

/** How a constraint of a size compares with some hardware. */
export interface ConstraintMatch {
  readonly constraint: SizeConstraint;
  readonly amount: number;
  readonly holds: boolean;
}

/** Constraint types that legacy clients can describe completely; they do not know CPU models and GPUs. */
const EXPRESSIBLE: readonly ConstraintType[] = ['memory', 'storage'];

/**
 * The sizes that match hardware in the legacy description: by the current rules, except that a CPU has every model and
 * need not be counted by a constraint (docs/reference/sizes.md#size-of-hardware).
 */
export const matchingSizesLegacy = (hardware: HardwareFacts, sizes: readonly Size[]): Size[] =>
  sizes.filter((size) => {
    const matches = constraintMatches(hardware, size);
    const constraints = matches.map(({ constraint }) => constraint);
    return matches.length > 0 && matches.every(({ holds }) => holds) && coversTypes(hardware, constraints, EXPRESSIBLE);
  });

/** One result per constraint, in the order of the size. */
export const constraintMatches = (hardware: HardwareFacts, { constraints }: Size): ConstraintMatch[] =>
  constraints.map((constraint) => {
    const amount = countedAmount(
      hardware,
      constraint.type === 'cores' ? { ...constraint, identifier: '' } : constraint,
    );
    return { constraint, amount, holds: amount >= constraint.min && amount <= constraint.max };
  });
