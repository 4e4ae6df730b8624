import { Injectable } from '@nestjs/common';
import type { FilesystemLayout } from '../../filesystem-layout/filesystem-layout.js';
import { FilesystemLayoutService } from '../../filesystem-layout/filesystem-layout.service.js';
import type { Image } from '../../image/image.js';
import { ImageService } from '../../image/image.service.js';
import { SizeImageConstraintService } from '../../size-image-constraint/size-image-constraint.service.js';

/** Which images can be installed on which sizes, and with which filesystem layout. */
@Injectable()
export class InstallableSystems {
  constructor(
    private readonly images: ImageService,
    private readonly layouts: FilesystemLayoutService,
    private readonly constraints: SizeImageConstraintService,
  ) {}

  /** The image with this ID, or the newest one that a shorthand stands for. Throws `not-found`. */
  image(idOrShorthand: string): Image {
    return this.images.resolve(idOrShorthand);
  }

  /** Throws `invalid` if the image may not run on the size. */
  check(sizeId: string, image: Image): void {
    this.constraints.check(sizeId, image);
  }

  /** Throws `not-found`. */
  layout(id: string): FilesystemLayout {
    return this.layouts.get(id);
  }

  /** The layout for a new installation. Throws if there is none, or more than one. */
  layoutFor(sizeId: string, imageId: string): FilesystemLayout {
    return this.layouts.resolve(sizeId, imageId);
  }
}
