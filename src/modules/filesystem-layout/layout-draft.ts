import { invalid } from '../../shared/errors/domain-error.js';
import { FILESYSTEM_FORMATS, GPT_TYPES, LVM_TYPES, RAID_LEVELS } from './filesystem-layout.js';
import type { Disk, DiskPartition, Filesystem, FilesystemLayout, LogicalVolume, Raid } from './filesystem-layout.js';

/** A type whose property K can still be any text. */
type Loose<T, K extends keyof T> = Omit<T, K> & { readonly [P in K]?: string };

export type DraftPartition = Loose<DiskPartition, 'gptType'>;
export type DraftDisk = Omit<Disk, 'partitions'> & { readonly partitions: readonly DraftPartition[] };

/** The parts of a layout as sent by a client: kinds can still be any text. */
export interface LayoutDraft extends Pick<FilesystemLayout, 'name' | 'description' | 'volumeGroups' | 'constraints'> {
  readonly filesystems: readonly Loose<Filesystem, 'format'>[];
  readonly disks: readonly DraftDisk[];
  readonly raid: readonly Loose<Raid, 'level'>[];
  readonly logicalVolumes: readonly Loose<LogicalVolume, 'lvmType'>[];
}

export type LayoutFields = Omit<FilesystemLayout, 'id' | 'revision' | 'created' | 'changed'>;

/** Parses a draft into a layout. Throws `invalid` for an unknown format, partition type, RAID level or LVM type. */
export const parseLayoutDraft = (draft: LayoutDraft): LayoutFields => ({
  ...draft,
  filesystems: draft.filesystems.map((filesystem) => ({
    ...filesystem,
    format: known(FILESYSTEM_FORMATS, filesystem.format, `format of the filesystem on ${filesystem.device}`),
  })),
  disks: draft.disks.map((disk) => ({
    ...disk,
    partitions: disk.partitions.map((one) => partition(disk.device, one)),
  })),
  raid: draft.raid.map((array) => ({
    ...array,
    level: known(RAID_LEVELS, array.level, `level of the raid ${array.arrayName}`),
  })),
  logicalVolumes: draft.logicalVolumes.map((volume) => ({
    ...volume,
    lvmType: known(LVM_TYPES, volume.lvmType, `lvmtype of the logical volume ${volume.name}`),
  })),
});

const partition = (device: string, { gptType, ...rest }: DraftPartition): DiskPartition => ({
  ...rest,
  // A partition without a type is kept as it is.
  ...(gptType && { gptType: known(GPT_TYPES, gptType, `gpttype of partition ${rest.number} on ${device}`) }),
});

function known<T extends string>(values: readonly T[], value: string | undefined, what: string): T {
  const found = values.find((one) => one === value);
  if (!found) throw invalid(`${what} is "${value ?? ''}", expected one of ${values.join(', ')}`);
  return found;
}
