import { invalid, malformed } from '../../../shared/errors/domain-error.js';
import { isReinstallable, misfitOf, suits } from '../../filesystem-layout/filesystem-layout.js';
import type { FilesystemLayout } from '../../filesystem-layout/filesystem-layout.js';
import { parseImageId } from '../../image/image.js';
import type { Image } from '../../image/image.js';
import type { Machine, MachineAllocation } from '../machine.js';

/** The allocation that is to be installed again. Throws `malformed` for a machine that is free, locked or on its way out. */
export function reinstallableAllocation({ id, allocation, release, state }: Machine): MachineAllocation {
  if (!allocation) throw malformed(`machine "${id}" is not allocated, so it cannot be reinstalled`);
  if (release) throw malformed(`machine "${id}" is being freed, so it cannot be reinstalled`);
  if (state.value === 'LOCKED') throw malformed(`machine "${id}" is locked: ${state.description}`);
  return allocation;
}

/** Throws `invalid` for an image that is not made for what the machine was allocated for. */
export function checkImageRole({ id, features }: Image, { role }: MachineAllocation): void {
  if (features.includes(role)) return;
  throw invalid(`image "${id}" is not made for a ${role}, its features are ${features.join(', ') || 'none'}`);
}

/**
 * The layout for the reinstallation: the allocation's own; `choose` finds one for an old allocation without. Throws
 * `invalid` when it allows no disk to be wiped, does not fit the disks, or was chosen for the old image and is not meant
 * for the new one. A layout that never matched was asked for by name, and stays.
 */
export function reinstallLayout(
  { sizeId, hardware }: Machine,
  { filesystemLayout, imageId }: MachineAllocation,
  image: Image,
  choose: () => FilesystemLayout,
): FilesystemLayout {
  const layout = filesystemLayout ?? choose();
  if (!isReinstallable(layout)) {
    throw invalid(
      `filesystem layout "${layout.id}" lets no disk be wiped on reinstallation, so it would change nothing`,
    );
  }
  const misfit = misfitOf(layout, hardware.disks);
  if (misfit !== undefined) throw invalid(`filesystem layout "${layout.id}" does not fit the machine: ${misfit}`);
  const suitsId = (id: string): boolean => suits(layout, sizeId, parseImageId(id));
  if (suitsId(imageId) && !suitsId(image.id)) {
    throw invalid(`filesystem layout "${layout.id}" of the machine is not meant for image "${image.id}"`);
  }
  return layout;
}
