import { invalid } from '../../../shared/errors/domain-error.js';
import { isReinstallable, layoutProblem, matchesSelection } from '../../filesystem-layout/filesystem-layout.js';
import type { FilesystemLayout } from '../../filesystem-layout/filesystem-layout.js';
import { parseImageId } from '../../image/image.js';
import type { Image } from '../../image/image.js';
import type { Machine, MachineAllocation } from '../machine.js';

/** Throws `invalid` if the image does not support the role of the allocation. */
export function checkImageRole({ id, features }: Image, { role }: MachineAllocation): void {
  if (features.includes(role)) return;
  throw invalid(`image "${id}" does not support the role ${role}, its features are ${features.join(', ') || 'none'}`);
}

/**
 * Returns the layout for the reinstallation: the allocation's own, or the result of `choose` for an old allocation
 * without one. Throws `invalid` if the layout does not allow any disk to be wiped, does not fit the disks, or was
 * selected for the old image but does not match the new one. A layout that never matched was requested by name and is
 * kept.
 */
export function reinstallLayout(
  { sizeId = '', hardware }: Machine,
  { filesystemLayout, imageId }: MachineAllocation,
  image: Image,
  choose: () => FilesystemLayout,
): FilesystemLayout {
  const layout = filesystemLayout ?? choose();
  if (!isReinstallable(layout)) {
    throw invalid(
      `filesystem layout "${layout.id}" does not allow any disk to be wiped, so a reinstallation would have no effect`,
    );
  }
  const misfit = layoutProblem(layout, hardware.disks);
  if (misfit !== undefined) throw invalid(`filesystem layout "${layout.id}" does not fit the machine: ${misfit}`);
  const suitsId = (id: string): boolean => matchesSelection(layout, sizeId, parseImageId(id));
  if (suitsId(imageId) && !suitsId(image.id)) {
    throw invalid(`filesystem layout "${layout.id}" of the machine does not match image "${image.id}"`);
  }
  return layout;
}
