import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { EntityService } from '../../platform/store/entity-service.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { KeyedQueue } from '../../shared/concurrency/keyed-queue.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { changeEntity, checkId, createEntity } from '../../shared/entity.js';
import type { Optional } from '../../shared/entity.js';
import { DomainError, invalid, malformed } from '../../shared/errors/domain-error.js';
import { constraintMatches, matchingSizesLegacy } from './from-hardware.js';
import type { ConstraintMatch } from './from-hardware.js';
import { matchingSizes, suggestConstraints } from './size-matching.js';
import { checkConstraints, HardwareLookup, SizeReferences, sizesOverlap, UNKNOWN_SIZE } from './size.js';
import type { HardwareFacts, Size, SizeConstraint } from './size.js';
import { sizeTable } from './size.table.js';

/** Fields that a client may set. On update, omitted fields keep their value; on creation they are empty. */
export type SizeSpec = Optional<Pick<Size, 'name' | 'description' | 'labels' | 'constraints'>>;

/** Manages sizes, and matches them with hardware (docs/reference/sizes.md#fields). */
@Injectable()
export class SizeService extends EntityService<Size> {
  /** Serializes writes in this process. Otherwise two overlapping sizes could both pass the check. */
  private readonly writers = new KeyedQueue();

  constructor(
    @InjectTable(sizeTable) sizes: Table<Size>,
    @InjectClock() private readonly clock: Clock,
    private readonly references: SizeReferences,
    private readonly hardware: HardwareLookup,
  ) {
    super('size', sizes);
  }

  /**
   * Throws `malformed` for an invalid ID or an overlap with another size, `invalid` for the constraints,
   * `already-exists`.
   */
  async create(id: string, spec: SizeSpec): Promise<Size> {
    checkId('size', id);
    if (id === UNKNOWN_SIZE.id) throw malformed(`size id "${id}" is reserved for machines without a size`);
    const { name = '', description = '', labels = {}, constraints = [] } = spec;
    return this.writers.run('', () => {
      this.check(id, constraints);
      return this.table.insert(createEntity<Size>({ id, name, description, labels, constraints }, this.now()));
    });
  }

  /** Machines keep their size until they register again. Throws `not-found`, `malformed`, `invalid`. */
  async update(id: string, spec: SizeSpec): Promise<Size> {
    return this.writers.run('', () => {
      const size = this.get(id);
      this.check(id, spec.constraints ?? size.constraints);
      return this.table.update(id, (current) => changeEntity(current, spec, this.now()));
    });
  }

  /** Throws `not-found`, and `invalid` while machines or reservations refer to it. */
  async delete(id: string): Promise<Size> {
    const size = this.get(id);
    this.references.assertUnreferenced('size', id);
    await this.table.remove(id);
    return size;
  }

  /** The size of the hardware, if exactly one matches. */
  match(hardware: HardwareFacts): Size | undefined {
    const matching = this.candidates(hardware);
    return matching.length === 1 ? matching[0] : undefined;
  }

  /** Every size that matches the hardware, ordered by ID; shows why `match` finds none. */
  candidates(hardware: HardwareFacts): Size[] {
    return matchingSizes(hardware, this.list());
  }

  /**
   * The one size that matches hardware in the legacy description, with the results of its constraints. Throws
   * `not-found` if none matches, `invalid` if there are no sizes or several match.
   */
  matchLegacy(hardware: HardwareFacts): { readonly size: Size; readonly matches: readonly ConstraintMatch[] } {
    const sizes = this.list();
    if (sizes.length === 0) throw invalid('no sizes are defined, so none can match this hardware');
    const [size, ...others] = matchingSizesLegacy(hardware, sizes);
    if (!size) throw new DomainError('not-found', 'no size matches this hardware');
    if (others.length > 0) {
      throw invalid(`several sizes match this hardware: ${[size, ...others].map(({ id }) => id).join(', ')}`);
    }
    return { size, matches: constraintMatches(hardware, size) };
  }

  /** The size of a machine for display, including the built-in one; undefined if the size was deleted. */
  ofMachine(sizeId: string | undefined): Size | undefined {
    return sizeId === UNKNOWN_SIZE.id ? UNKNOWN_SIZE : this.find(sizeId);
  }

  /** Constraints that describe exactly one machine. Throws `malformed` without a machine ID, `not-found`. */
  suggest(machineId: string): SizeConstraint[] {
    if (!machineId) throw malformed('machineID must not be empty');
    return suggestConstraints(this.hardware.of(machineId));
  }

  private check(id: string, constraints: readonly SizeConstraint[]): void {
    checkConstraints(id, constraints);
    const overlapping = this.list((other) => other.id !== id && sizesOverlap(constraints, other.constraints));
    if (overlapping.length > 0) {
      throw malformed(`size "${id}" overlaps with ${overlapping.map((other) => `"${other.id}"`).join(', ')}`);
    }
  }

  private now(): string {
    return timestamp(this.clock.now());
  }
}
