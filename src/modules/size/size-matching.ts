import { compileGlob, escapeGlob } from '../../shared/glob.js';
import { CONSTRAINT_TYPES } from './size.js';
import type { ConstraintType, HardwareFacts, Size, SizeConstraint } from './size.js';

/** A countable part of a machine: a CPU, its memory, a disk or a GPU. */
interface Item {
  readonly name: string;
  readonly amount: number;
}

/**
 * The parts that each constraint type counts. Memory is a single part that always exists. Disks of size 0 are skipped:
 * card readers and virtual media of BMCs look like that.
 */
const ITEMS: Record<ConstraintType, (hardware: HardwareFacts) => readonly Item[]> = {
  cores: ({ cpus }) => cpus.map(({ model, cores }) => ({ name: model, amount: cores })),
  memory: ({ memory }) => [{ name: '', amount: memory }],
  storage: ({ disks }) => disks.filter(({ size }) => size > 0).map(({ name, size }) => ({ name, amount: size })),
  gpu: ({ gpus }) => gpus.map(({ model }) => ({ name: model, amount: 1 })),
};

/** The sizes that match the hardware; with a well-kept catalog, at most one. */
export const matchingSizes = (hardware: HardwareFacts, sizes: Iterable<Size>): Size[] =>
  [...sizes].filter(({ constraints }) => constraints.length > 0 && matches(hardware, constraints));

/**
 * Every constraint is satisfied, and every CPU, disk and GPU, and the memory, is counted by some constraint: a size
 * describes the complete machine (docs/reference/sizes.md#size-of-hardware).
 */
function matches(hardware: HardwareFacts, constraints: readonly SizeConstraint[]): boolean {
  return constraints.every((constraint) => holds(hardware, constraint)) && coversAll(hardware, constraints);
}

function holds(hardware: HardwareFacts, constraint: SizeConstraint): boolean {
  const amount = countedAmount(hardware, constraint);
  return amount >= constraint.min && amount <= constraint.max;
}

/** The amount that the constraint counts: cores, bytes, or GPUs. */
export const countedAmount = (hardware: HardwareFacts, constraint: SizeConstraint): number =>
  total(counted(hardware, constraint));

const coversAll = (hardware: HardwareFacts, constraints: readonly SizeConstraint[]): boolean =>
  coversTypes(hardware, constraints, CONSTRAINT_TYPES);

/** Whether every part of these types is counted by some constraint. */
export const coversTypes = (
  hardware: HardwareFacts,
  constraints: readonly SizeConstraint[],
  types: readonly ConstraintType[],
): boolean =>
  types.every((type) => {
    const patterns = constraints.filter((constraint) => constraint.type === type).map(accepts);
    return ITEMS[type](hardware).every(({ name }) => patterns.some((accept) => accept(name)));
  });

const counted = (hardware: HardwareFacts, constraint: SizeConstraint): readonly Item[] => {
  const accept = accepts(constraint);
  return ITEMS[constraint.type](hardware).filter(({ name }) => accept(name));
};

const accepts = (constraint: SizeConstraint): ((name: string) => boolean) => {
  let accept = compiled.get(constraint);
  if (!accept) compiled.set(constraint, (accept = compile(constraint)));
  return accept;
};

/** Compiled once, since every registration checks every constraint. */
const compiled = new WeakMap<SizeConstraint, (name: string) => boolean>();

function compile({ identifier }: SizeConstraint): (name: string) => boolean {
  if (!identifier) return () => true;
  const pattern = compileGlob(identifier);
  return (name) => pattern?.test(name) ?? false;
}

const total = (items: readonly Item[]): number => items.reduce((sum, { amount }) => sum + amount, 0);

/**
 * Returns constraints that describe exactly this hardware: a starting point for a new size
 * (docs/reference/sizes.md#suggest).
 */
export function suggestConstraints(hardware: HardwareFacts): SizeConstraint[] {
  const exactly = (type: ConstraintType, items: readonly Item[], identifier: string): SizeConstraint => {
    const amount = total(items);
    return { type, min: amount, max: amount, identifier };
  };
  const { cores, memory, storage, gpu } = ITEMS;
  return [
    exactly('cores', cores(hardware), prefixPattern(cores(hardware))),
    exactly('memory', memory(hardware), ''),
    exactly('storage', storage(hardware), prefixPattern(storage(hardware))),
    ...[...byName(gpu(hardware))]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([model, items]) => exactly('gpu', items, escapeGlob(model))),
  ];
}

function byName(items: readonly Item[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(item.name);
    if (group) group.push(item);
    else groups.set(item.name, [item]);
  }
  return groups;
}

/** A glob for the common prefix of all names; exact if they are all equal. */
function prefixPattern(items: readonly Item[]): string {
  const names = items.map(({ name }) => name).sort();
  const [first, last] = [names[0] ?? '', names.at(-1) ?? ''];
  let length = 0;
  while (length < first.length && first[length] === last[length]) length++;
  return escapeGlob(first.slice(0, length)) + (length < last.length ? '*' : '');
}
