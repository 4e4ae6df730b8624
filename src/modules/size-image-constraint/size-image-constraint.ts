import type { Entity } from '../../shared/entity.js';
import { invalid } from '../../shared/errors/domain-error.js';
import { parseConstraint, satisfies } from '../../shared/semver/constraint.js';
import { formatVersion } from '../../shared/semver/version.js';
import type { ImageName } from '../image/image.js';

/** The image versions that are allowed on a size. Has the ID of the size, which need not exist. */
export interface SizeImageConstraint extends Entity {
  /** Operating system → version constraint. Other operating systems are not restricted. */
  readonly images: Readonly<Record<string, string>>;
}

/** Throws `invalid` if the image is not allowed on the size (docs/reference/size-image-constraints.md#check). */
export function checkImageAllowed({ id, images }: SizeImageConstraint, { os, version }: ImageName): void {
  const constraint = Object.hasOwn(images, os) ? images[os] : undefined;
  if (constraint === undefined) return;
  const image = `image ${os} ${formatVersion(version)}`;
  if (version.patch === 0n)
    throw invalid(`${image} requires a patch number for the check against the constraints of size "${id}"`);
  if (!satisfies(version, parseConstraint(constraint))) {
    throw invalid(`${image} is not allowed on size "${id}", which requires ${os} ${constraint}`);
  }
}
