import type { Entity } from '../../shared/entity.js';
import { invalid } from '../../shared/errors/domain-error.js';
import { parseConstraint, satisfies } from '../../shared/semver/constraint.js';
import { formatVersion } from '../../shared/semver/version.js';
import type { ImageName } from '../image/image.js';

/** Which versions of images may run on a size; its id is that of the size, which need not exist. */
export interface SizeImageConstraint extends Entity {
  /** Operating system → version constraint. Others are not restricted. */
  readonly images: Readonly<Record<string, string>>;
}

/** Throws `invalid` when the image may not run on the size (reference/30 §4). */
export function checkImageAllowed({ id, images }: SizeImageConstraint, { os, version }: ImageName): void {
  const constraint = Object.hasOwn(images, os) ? images[os] : undefined;
  if (constraint === undefined) return;
  const image = `image ${os} ${formatVersion(version)}`;
  if (version.patch === 0n)
    throw invalid(`${image} needs a patch number to be checked against the constraints of size "${id}"`);
  if (!satisfies(version, parseConstraint(constraint))) {
    throw invalid(`${image} may not run on size "${id}", which demands ${os} ${constraint}`);
  }
}
