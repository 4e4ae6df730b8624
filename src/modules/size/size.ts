import type { Entity } from '../../shared/entity.js';
import { invalid, notFound } from '../../shared/errors/domain-error.js';
import { globProblem } from '../../shared/glob.js';
import { LateBoundFunction } from '../../shared/late-bound-function.js';
import { References } from '../../shared/references.js';

export const CONSTRAINT_TYPES = ['cores', 'memory', 'storage', 'gpu'] as const;
export type ConstraintType = (typeof CONSTRAINT_TYPES)[number];

/** An inclusive range: number of cores, bytes of memory, bytes of storage, or number of GPUs. */
export interface SizeConstraint {
  readonly type: ConstraintType;
  readonly min: number;
  readonly max: number;
  /** Glob for the CPU models, disk names or GPU models that are counted; `""` counts all. */
  readonly identifier: string;
}

/** A class of machines with equal hardware. */
export interface Size extends Entity {
  readonly labels: Readonly<Record<string, string>>;
  /** A size without constraints matches no machine. */
  readonly constraints: readonly SizeConstraint[];
}

/** The part of a machine's hardware that determines its size. Memory and disk sizes in bytes. */
export interface HardwareFacts {
  readonly memory: number;
  readonly cpus: readonly { readonly model: string; readonly cores: number }[];
  readonly gpus: readonly { readonly model: string }[];
  readonly disks: readonly { readonly name: string; readonly size: number }[];
}

/** Features that refer to sizes: machines and reservations. */
export class SizeReferences extends References {}

/** Looks up the hardware of a machine; provided by the machine feature. */
export class HardwareLookup extends LateBoundFunction<[machineId: string], HardwareFacts | undefined> {
  /** Throws `not-found` for an unknown machine. */
  of(machineId: string): HardwareFacts {
    const hardware = this.call(machineId);
    if (!hardware) throw notFound('machine', machineId);
    return hardware;
  }
}

/** The size of machines that no size matches; it is not stored and cannot be allocated. */
export const UNKNOWN_SIZE: Size = Object.freeze({
  id: 'unknown',
  revision: 0,
  name: 'unknown',
  description: '',
  created: '0001-01-01T00:00:00.000Z',
  changed: '0001-01-01T00:00:00.000Z',
  labels: {},
  constraints: [],
});

/** Throws `invalid` listing all problems with the constraints of a size (docs/reference/sizes.md#create-a-size). */
export function checkConstraints(id: string, constraints: readonly SizeConstraint[]): void {
  const problems = [...constraints.flatMap(problemsOf), ...repeated(constraints)];
  if (problems.length > 0) throw invalid(`size "${id}" is not valid: ${problems.join('; ')}`);
}

function problemsOf({ type, min, max, identifier }: SizeConstraint): string[] {
  const problems: string[] = [];
  if (!CONSTRAINT_TYPES.includes(type))
    problems.push(`type is "${type}", expected one of ${CONSTRAINT_TYPES.join(', ')}`);
  if (max < min) problems.push(`max ${max} of ${type} is less than min ${min}`);
  const problem = globProblem(identifier);
  if (problem) problems.push(`identifier "${shortened(identifier)}" of ${type} ${problem}`);
  if (type === 'gpu' && !identifier) problems.push('a gpu constraint requires an identifier');
  if (type === 'memory' && identifier)
    problems.push(`a memory constraint must not have an identifier, got "${identifier}"`);
  return problems;
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

function repeated(constraints: readonly SizeConstraint[]): string[] {
  const single = ['memory', 'cores'].filter((type) => constraints.filter((one) => one.type === type).length > 1);
  return single.map((type) => `at most one ${type} constraint is allowed`);
}

/**
 * Whether some hardware could match both sizes: they have the same set of types, and every two constraints of a type
 * overlap. Different identifiers never overlap, even if they match the same hardware
 * (docs/reference/sizes.md#create-a-size). Two lists of ranges overlap pairwise if the highest lower end of each is
 * within the lowest upper end of the other, so not all pairs have to be compared.
 */
export function sizesOverlap(a: readonly SizeConstraint[], b: readonly SizeConstraint[]): boolean {
  const [ofA, ofB] = [summedUp(a), summedUp(b)];
  if (ofA.size === 0 || ofA.size !== ofB.size) return false;
  return [...ofA].every(([type, one]) => {
    const other = ofB.get(type);
    return (
      other !== undefined &&
      one.identifier !== undefined &&
      one.identifier === other.identifier &&
      one.min <= other.max &&
      other.min <= one.max
    );
  });
}

/** All constraints of one type; `identifier` is undefined if they have different ones. */
interface Summary {
  readonly identifier: string | undefined;
  readonly min: number;
  readonly max: number;
}

function summedUp(constraints: readonly SizeConstraint[]): Map<ConstraintType, Summary> {
  const types = new Map<ConstraintType, Summary>();
  for (const { type, identifier, min, max } of constraints) {
    const known = types.get(type) ?? { identifier, min, max };
    types.set(type, {
      identifier: known.identifier === identifier ? identifier : undefined,
      min: Math.max(known.min, min),
      max: Math.min(known.max, max),
    });
  }
  return types;
}
