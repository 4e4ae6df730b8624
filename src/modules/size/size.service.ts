import { Inject, Injectable } from '@nestjs/common';
import { Entities } from '../../platform/store/entities.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { KeyedQueue } from '../../shared/async.js';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { changed, checkId, created } from '../../shared/entity.js';
import type { Optional } from '../../shared/entity.js';
import { DomainError, invalid, malformed } from '../../shared/errors/domain-error.js';
import { findingsOf, matchingSizesOf2021 } from './from-hardware.js';
import type { ConstraintFinding } from './from-hardware.js';
import { matchingSizes, suggestConstraints } from './size-matching.js';
import { checkConstraints, HardwareInquiry, SizeReferences, sizesOverlap, UNKNOWN_SIZE } from './size.js';
import type { HardwareFacts, Size, SizeConstraint } from './size.js';
import { sizeTable } from './size.table.js';

/** What a client says about a size; what it leaves out is kept, or empty. */
export type SizeSpec = Optional<Pick<Size, 'name' | 'description' | 'labels' | 'constraints'>>;

/** Sizes of machines, and which of them hardware has (reference/30 §2). */
@Injectable()
export class SizeService extends Entities<Size> {
  /** Writers of this process go one by one, so that two overlapping sizes do not slip past each other. */
  private readonly writers = new KeyedQueue();

  constructor(
    @InjectTable(sizeTable) sizes: Table<Size>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly references: SizeReferences,
    private readonly hardware: HardwareInquiry,
  ) {
    super('size', sizes);
  }

  /** Throws `malformed` for the id or an overlap with another size, `invalid` for the constraints, `already-exists`. */
  async create(id: string, spec: SizeSpec): Promise<Size> {
    checkId('size', id);
    if (id === UNKNOWN_SIZE.id)
      throw malformed(`a size cannot be called "${id}": machines without a size have this one`);
    const { name = '', description = '', labels = {}, constraints = [] } = spec;
    return this.writers.run('', () => {
      this.check(id, constraints);
      return this.table.insert(created<Size>({ id, name, description, labels, constraints }, this.now()));
    });
  }

  /** Machines keep the size they have until they register again. Throws `not-found`, `malformed`, `invalid`. */
  async update(id: string, spec: SizeSpec): Promise<Size> {
    return this.writers.run('', () => {
      const size = this.get(id);
      this.check(id, spec.constraints ?? size.constraints);
      return this.table.update(id, (current) => changed(current, spec, this.now()));
    });
  }

  /** Throws `not-found`, and `invalid` while machines or reservations refer to it. */
  async delete(id: string): Promise<Size> {
    const size = this.get(id);
    this.references.refuseIfAny('size', id);
    await this.table.remove(id);
    return size;
  }

  /** The size that the hardware has, if exactly one matches. */
  match(hardware: HardwareFacts): Size | undefined {
    const matching = this.candidates(hardware);
    return matching.length === 1 ? matching[0] : undefined;
  }

  /** Every size that matches the hardware, ordered by id: tells why `match` finds none. */
  candidates(hardware: HardwareFacts): Size[] {
    return matchingSizes(hardware, this.list());
  }

  /**
   * The one size of hardware as clients of 2021 describe it, and how its constraints came out. Throws `not-found` when
   * none matches, `invalid` when there are no sizes at all or several match.
   */
  matchOf2021(hardware: HardwareFacts): { readonly size: Size; readonly findings: readonly ConstraintFinding[] } {
    const sizes = this.list();
    if (sizes.length === 0) throw invalid('there are no sizes, so no hardware can have one');
    const [size, ...others] = matchingSizesOf2021(hardware, sizes);
    if (!size) throw new DomainError('not-found', 'no size matches this hardware');
    if (others.length > 0) {
      throw invalid(`several sizes match this hardware: ${[size, ...others].map(({ id }) => id).join(', ')}`);
    }
    return { size, findings: findingsOf(hardware, size) };
  }

  /** The size of a machine for display: also the built-in one; undefined when the size is gone. */
  ofMachine(sizeId: string): Size | undefined {
    return sizeId === UNKNOWN_SIZE.id ? UNKNOWN_SIZE : this.find(sizeId);
  }

  /** Constraints that describe exactly one machine. Throws `malformed` without its id, `not-found`. */
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
