import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { EntityService } from '../../platform/store/entity-service.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { changeEntity, checkId, createEntity } from '../../shared/entity.js';
import type { Optional } from '../../shared/entity.js';
import { malformed } from '../../shared/errors/domain-error.js';
import { checkImageConstraints, parseImageId } from '../image/image.js';
import type { Image } from '../image/image.js';
import { ImageService } from '../image/image.service.js';
import { SizeService } from '../size/size.service.js';
import { checkImageAllowed } from './size-image-constraint.js';
import type { SizeImageConstraint } from './size-image-constraint.js';
import { sizeImageConstraintTable } from './size-image-constraint.table.js';

/** Fields that a client may set; `images` always replaces the stored value. */
export type SizeImageConstraintSpec = Optional<Pick<SizeImageConstraint, 'name' | 'description' | 'images'>>;

/** Manages the images and versions that are allowed on each size; a size without a constraint allows all images. */
@Injectable()
export class SizeImageConstraintService extends EntityService<SizeImageConstraint> {
  constructor(
    @InjectTable(sizeImageConstraintTable) constraints: Table<SizeImageConstraint>,
    @InjectClock() private readonly clock: Clock,
    private readonly sizes: SizeService,
    private readonly images: ImageService,
  ) {
    super('size image constraint', constraints);
  }

  /** Throws `malformed` for an invalid ID or version constraint, `already-exists`. */
  async create(
    id: string,
    { name = '', description = '', images = {} }: SizeImageConstraintSpec,
  ): Promise<SizeImageConstraint> {
    checkId('size image constraint', id);
    checkImageConstraints(images);
    return this.table.insert(createEntity<SizeImageConstraint>({ id, name, description, images }, this.now()));
  }

  /** Without images, the restriction is removed. Throws `not-found`, `malformed`. */
  async update(id: string, { name, description, images = {} }: SizeImageConstraintSpec): Promise<SizeImageConstraint> {
    this.get(id);
    checkImageConstraints(images);
    return this.table.update(id, (constraint) => changeEntity(constraint, { name, description, images }, this.now()));
  }

  /** Throws `not-found`. */
  async delete(id: string): Promise<SizeImageConstraint> {
    const constraint = this.get(id);
    await this.table.remove(id);
    return constraint;
  }

  /** Throws `invalid` if the image is not allowed on the size. */
  check(sizeId: string, image: Image): void {
    const constraint = this.find(sizeId);
    if (constraint) checkImageAllowed(constraint, parseImageId(image.id));
  }

  /**
   * Checks like an allocation. Throws `malformed`, `not-found` for size or image, `invalid` if the image is not
   * allowed.
   */
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
