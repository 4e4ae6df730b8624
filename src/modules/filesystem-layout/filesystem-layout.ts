import type { Entity } from '../../shared/entity.js';
import { parseConstraint, satisfies } from '../../shared/semver/constraint.js';
import type { ImageName } from '../image/image.js';

export const FILESYSTEM_FORMATS = ['vfat', 'ext3', 'ext4', 'swap', 'tmpfs', 'none'] as const;
export const GPT_TYPES = ['ef00', '8300', 'fd00', '8e00'] as const;
export const RAID_LEVELS = ['0', '1'] as const;
export const LVM_TYPES = ['linear', 'striped', 'raid1'] as const;

export type FilesystemFormat = (typeof FILESYSTEM_FORMATS)[number];
export type GptType = (typeof GPT_TYPES)[number];
export type RaidLevel = (typeof RAID_LEVELS)[number];
export type LvmType = (typeof LVM_TYPES)[number];

export interface Filesystem {
  /** Mount point; undefined = not mounted. */
  readonly path?: string;
  readonly device: string;
  readonly format: FilesystemFormat;
  readonly label?: string;
  readonly mountOptions: readonly string[];
  readonly createOptions: readonly string[];
}

export interface DiskPartition {
  readonly number: number;
  readonly label?: string;
  /** MiB; 0 = the rest of the disk. */
  readonly size: number;
  readonly gptType?: GptType;
}

export interface Disk {
  readonly device: string;
  readonly partitions: readonly DiskPartition[];
  readonly wipeOnReinstall: boolean;
}

export interface Raid {
  readonly arrayName: string;
  readonly devices: readonly string[];
  readonly level: RaidLevel;
  readonly createOptions: readonly string[];
  readonly spares: number;
}

export interface VolumeGroup {
  readonly name: string;
  readonly devices: readonly string[];
  readonly tags: readonly string[];
}

export interface LogicalVolume {
  readonly name: string;
  readonly volumeGroup: string;
  /** MiB; 0 = the rest of the volume group. */
  readonly size: number;
  readonly lvmType: LvmType;
}

/** The sizes and images that a layout is for. A layout that lacks either is never selected: it is under development. */
export interface LayoutConstraints {
  readonly sizes: readonly string[];
  /** Operating system → version constraint. */
  readonly images: Readonly<Record<string, string>>;
}

/** How the disks of a machine are partitioned and formatted. Each machine keeps a copy of its layout. */
export interface FilesystemLayout extends Entity {
  readonly filesystems: readonly Filesystem[];
  readonly disks: readonly Disk[];
  readonly raid: readonly Raid[];
  readonly volumeGroups: readonly VolumeGroup[];
  readonly logicalVolumes: readonly LogicalVolume[];
  readonly constraints: LayoutConstraints;
}

/** The disks of a machine; sizes in bytes. */
export type MachineDisks = readonly { readonly name: string; readonly size: number }[];

const MIB = 1024n * 1024n;

/** Whether the layout is for machines of this size with this image. */
export function matchesSelection(
  { constraints }: FilesystemLayout,
  sizeId: string,
  { os, version }: ImageName,
): boolean {
  const constraint = Object.hasOwn(constraints.images, os) ? constraints.images[os] : undefined;
  if (constraint === undefined || !constraints.sizes.includes(sizeId)) return false;
  return satisfies(version, parseConstraint(constraint));
}

/**
 * Why the layout does not fit the disks; undefined if it does (docs/reference/filesystem-layouts.md#disk-check).
 * Partitions of variable size require no space.
 */
export function layoutProblem(layout: FilesystemLayout, disks: MachineDisks): string | undefined {
  // If two disks have the same name, the first one counts.
  const byPath = new Map(disks.toReversed().map((disk) => [devicePath(disk.name), disk]));
  for (const { device, partitions } of layout.disks) {
    const disk = byPath.get(device);
    if (!disk) return `it requires disk ${device}, which the machine does not have`;
    const available = BigInt(disk.size) / MIB;
    const required = partitions.reduce((sum, { size }) => sum + BigInt(size), 0n);
    if (required > available) {
      return `it requires ${required} MiB on ${device}, which has ${available} MiB`;
    }
  }
  return undefined;
}

/** A machine can be reinstalled if its layout allows at least one disk to be wiped. */
export const isReinstallable = ({ disks }: Pick<FilesystemLayout, 'disks'>): boolean =>
  disks.some(({ wipeOnReinstall }) => wipeOnReinstall);

const devicePath = (name: string): string => (name.startsWith('/dev/') ? name : `/dev/${name}`);
