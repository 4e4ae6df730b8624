import { Inject, Injectable } from '@nestjs/common';
import { Entities } from '../../platform/store/entities.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { changed, checkId, created } from '../../shared/entity.js';
import type { Optional } from '../../shared/entity.js';
import { malformed } from '../../shared/errors/domain-error.js';
import { checkImageConstraints, parseImageId } from '../image/image.js';
import type { Image } from '../image/image.js';
import { ImageService } from '../image/image.service.js';
import { SizeService } from '../size/size.service.js';
import { checkImageAllowed } from './size-image-constraint.js';
import type { SizeImageConstraint } from './size-image-constraint.js';
import { sizeImageConstraintTable } from './size-image-constraint.table.js';

/** What a client says; `images` always replaces what is stored. */
export type SizeImageConstraintSpec = Optional<Pick<SizeImageConstraint, 'name' | 'description' | 'images'>>;

/** Which images, in which versions, may run on a size; a size without constraint takes all. */
@Injectable()
export class SizeImageConstraintService extends Entities<SizeImageConstraint> {
  constructor(
    @InjectTable(sizeImageConstraintTable) constraints: Table<SizeImageConstraint>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly sizes: SizeService,
    private readonly images: ImageService,
  ) {
    super('size image constraint', constraints);
  }

  /** Throws `malformed` for the id or a version constraint, `already-exists`. */
  async create(
    id: string,
    { name = '', description = '', images = {} }: SizeImageConstraintSpec,
  ): Promise<SizeImageConstraint> {
    checkId('size image constraint', id);
    checkImageConstraints(images);
    return this.table.insert(created<SizeImageConstraint>({ id, name, description, images }, this.now()));
  }

  /** Without images there is no restriction any more. Throws `not-found`, `malformed`. */
  async update(id: string, { name, description, images = {} }: SizeImageConstraintSpec): Promise<SizeImageConstraint> {
    this.get(id);
    checkImageConstraints(images);
    return this.table.update(id, (constraint) => changed(constraint, { name, description, images }, this.now()));
  }

  /** Throws `not-found`. */
  async delete(id: string): Promise<SizeImageConstraint> {
    const constraint = this.get(id);
    await this.table.remove(id);
    return constraint;
  }

  /** Throws `invalid` when the image may not run on the size. */
  check(sizeId: string, image: Image): void {
    const constraint = this.find(sizeId);
    if (constraint) checkImageAllowed(constraint, parseImageId(image.id));
  }

  /** Checks as an allocation would. Throws `malformed`, `not-found` for size or image, `invalid` when refused. */
  tryOut(sizeId: string, imageId: string): void {
    if (!sizeId) throw malformed('size must not be empty');
    if (!imageId) throw malformed('image must not be empty');
    this.sizes.get(sizeId);
    this.check(sizeId, this.images.resolve(imageId));
  }

  private now(): string {
    return timestamp(this.clock.now());
  }
}
