import type {
  DiskDto,
  DiskPartitionDto,
  FilesystemDto,
  FilesystemLayoutRequest,
  FilesystemLayoutResponse,
  LogicalVolumeDto,
  RaidDto,
  VolumeGroupDto,
} from './filesystem-layout.dto.js';
import type {
  Disk,
  DiskPartition,
  Filesystem,
  FilesystemLayout,
  LogicalVolume,
  Raid,
  VolumeGroup,
} from './filesystem-layout.js';
import type { DraftDisk, LayoutDraft } from './layout-draft.js';

/** Omitted parts of a layout are empty: an update replaces everything. */
export const toLayoutDraft = (body: FilesystemLayoutRequest): LayoutDraft => ({
  name: body.name ?? '',
  description: body.description ?? '',
  filesystems: (body.filesystems ?? []).map(toFilesystem),
  disks: (body.disks ?? []).map(toDisk),
  raid: (body.raid ?? []).map(toRaid),
  volumeGroups: (body.volumegroups ?? []).map(toVolumeGroup),
  logicalVolumes: (body.logicalvolumes ?? []).map(toLogicalVolume),
  constraints: { sizes: body.constraints?.sizes ?? [], images: body.constraints?.images ?? {} },
});

const toFilesystem = (dto: FilesystemDto): LayoutDraft['filesystems'][number] => ({
  ...(dto.path && { path: dto.path }),
  device: dto.device ?? '',
  format: dto.format,
  ...(dto.label && { label: dto.label }),
  mountOptions: dto.mountoptions ?? [],
  createOptions: dto.createoptions ?? [],
});

const toDisk = (dto: DiskDto): DraftDisk => ({
  device: dto.device ?? '',
  partitions: (dto.partitions ?? []).map(toPartition),
  wipeOnReinstall: dto.wipeonreinstall ?? false,
});

const toPartition = (dto: DiskPartitionDto): DraftDisk['partitions'][number] => ({
  number: dto.number ?? 0,
  ...(dto.label && { label: dto.label }),
  size: dto.size ?? 0,
  gptType: dto.gpttype,
});

const toRaid = (dto: RaidDto): LayoutDraft['raid'][number] => ({
  arrayName: dto.arrayname ?? '',
  devices: dto.devices ?? [],
  level: dto.level,
  createOptions: dto.createoptions ?? [],
  spares: dto.spares ?? 0,
});

const toVolumeGroup = (dto: VolumeGroupDto): VolumeGroup => ({
  name: dto.name ?? '',
  devices: dto.devices ?? [],
  tags: dto.tags ?? [],
});

const toLogicalVolume = (dto: LogicalVolumeDto): LayoutDraft['logicalVolumes'][number] => ({
  name: dto.name ?? '',
  volumeGroup: dto.volumegroup ?? '',
  size: dto.size ?? 0,
  lvmType: dto.lvmtype,
});

export const toLayoutResponse = (layout: FilesystemLayout): FilesystemLayoutResponse => ({
  id: layout.id,
  name: layout.name,
  description: layout.description,
  filesystems: layout.filesystems.map(toFilesystemDto),
  disks: layout.disks.map(toDiskDto),
  raid: layout.raid.map(toRaidDto),
  volumegroups: layout.volumeGroups.map(toVolumeGroupDto),
  logicalvolumes: layout.logicalVolumes.map(toLogicalVolumeDto),
  constraints: { sizes: layout.constraints.sizes, images: layout.constraints.images },
});

const toFilesystemDto = (filesystem: Filesystem): FilesystemDto => ({
  path: filesystem.path ?? null,
  device: filesystem.device,
  format: filesystem.format,
  label: filesystem.label ?? null,
  mountoptions: filesystem.mountOptions,
  createoptions: filesystem.createOptions,
});

const toDiskDto = (disk: Disk): DiskDto => ({
  device: disk.device,
  partitions: disk.partitions.map(toPartitionDto),
  wipeonreinstall: disk.wipeOnReinstall,
});

/** The type of a partition without one is `""`, not null: strict clients reject null in a required field. */
const toPartitionDto = (partition: DiskPartition): DiskPartitionDto => ({
  number: partition.number,
  label: partition.label ?? null,
  size: partition.size,
  gpttype: partition.gptType ?? '',
});

const toRaidDto = (raid: Raid): RaidDto => ({
  arrayname: raid.arrayName,
  devices: raid.devices,
  level: raid.level,
  createoptions: raid.createOptions,
  spares: raid.spares,
});

const toVolumeGroupDto = (group: VolumeGroup): VolumeGroupDto => ({
  name: group.name,
  devices: group.devices,
  tags: group.tags,
});

const toLogicalVolumeDto = (volume: LogicalVolume): LogicalVolumeDto => ({
  name: volume.name,
  volumegroup: volume.volumeGroup,
  size: volume.size,
  lvmtype: volume.lvmType,
});
