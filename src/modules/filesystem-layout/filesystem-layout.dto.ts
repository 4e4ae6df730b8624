import { EntityRequest } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';
import { SharedDefinition } from '../../platform/http/wire/shared-definition.js';

@WireModel('v1.Filesystem')
export class FilesystemDto {
  @Field('string', { doc: 'mount point; not mounted if absent' })
  path?: string | null;

  @Field('string', { required: true, doc: 'device of the filesystem' })
  device!: string;

  @Field('string', { required: true, doc: 'vfat, ext3, ext4, swap, tmpfs or none' })
  format!: string;

  @Field('string', { doc: 'name of the filesystem' })
  label?: string | null;

  @Field('string', { array: true, doc: 'mount options' })
  mountoptions?: readonly string[];

  @Field('string', { array: true, doc: 'options of mkfs, one element per word' })
  createoptions?: readonly string[];
}

@WireModel('v1.DiskPartition')
export class DiskPartitionDto {
  @Field('byte', { required: true, doc: 'unique on its disk' })
  number!: number;

  @Field('string', { doc: 'name of the partition' })
  label?: string | null;

  @Field('uint64', { required: true, doc: 'size in MiB; 0 means the rest of the disk' })
  size!: number;

  @Field('string', { required: true, doc: 'ef00, 8300, fd00 or 8e00' })
  gpttype!: string;
}

@WireModel('v1.Disk')
export class DiskDto {
  @Field('string', { required: true, doc: 'device path' })
  device!: string;

  @Field(() => DiskPartitionDto, { array: true, doc: 'partitions to create' })
  partitions?: DiskPartitionDto[];

  @Field('boolean', { required: true, doc: 'whether a reinstallation may erase the disk' })
  wipeonreinstall!: boolean;
}

@WireModel('v1.Raid')
export class RaidDto {
  @Field('string', { required: true, doc: 'device path of the array' })
  arrayname!: string;

  @Field('string', { array: true, doc: 'member devices' })
  devices?: readonly string[];

  @Field('string', { required: true, doc: 'RAID level, 0 or 1' })
  level!: string;

  @Field('string', { array: true, doc: 'options of mdadm' })
  createoptions?: readonly string[];

  @Field('int32', { required: true, doc: 'number of spare devices' })
  spares!: number;
}

@WireModel('v1.VolumeGroup')
export class VolumeGroupDto {
  @Field('string', { required: true, doc: 'name of the volume group' })
  name!: string;

  @Field('string', { array: true, doc: 'physical devices' })
  devices?: readonly string[];

  @Field('string', { array: true, doc: 'tags of the volume group' })
  tags?: readonly string[];
}

@WireModel('v1.LogicalVolume')
export class LogicalVolumeDto {
  @Field('string', { required: true, doc: 'name of the logical volume' })
  name!: string;

  @Field('string', { required: true, doc: 'the volume group it is in' })
  volumegroup!: string;

  @Field('uint64', { required: true, doc: 'size in MiB; 0 means the rest of the volume group' })
  size!: number;

  @Field('string', { required: true, doc: 'linear, striped or raid1' })
  lvmtype!: string;
}

@WireModel('v1.FilesystemLayoutConstraints')
export class FilesystemLayoutConstraintsDto {
  @Field('string', { array: true, doc: 'IDs of the sizes that the layout is for' })
  sizes?: readonly string[];

  @Field('string', {
    map: true,
    required: true,
    doc: 'the images that the layout is for: operating system and version constraint',
  })
  images!: Readonly<Record<string, string>>;
}

/** A layout without its ID; requests may omit any part. */
export class FilesystemLayoutRequest extends EntityRequest {
  @Field(() => FilesystemDto, { array: true, doc: 'filesystems to create' })
  filesystems?: FilesystemDto[];

  @Field(() => DiskDto, { array: true, doc: 'disks to partition' })
  disks?: DiskDto[];

  @Field(() => RaidDto, { array: true, doc: 'software RAIDs to create' })
  raid?: RaidDto[];

  @Field(() => VolumeGroupDto, { array: true, doc: 'volume groups to create' })
  volumegroups?: VolumeGroupDto[];

  @Field(() => LogicalVolumeDto, { array: true, doc: 'logical volumes to create' })
  logicalvolumes?: LogicalVolumeDto[];

  @Field(() => FilesystemLayoutConstraintsDto, { required: true, doc: 'the sizes and images that the layout is for' })
  constraints?: FilesystemLayoutConstraintsDto;
}

@WireModel('v1.FilesystemLayoutCreateRequest')
export class FilesystemLayoutCreateRequest extends FilesystemLayoutRequest {}

@WireModel('v1.FilesystemLayoutUpdateRequest')
export class FilesystemLayoutUpdateRequest extends FilesystemLayoutRequest {}

@WireModel('v1.FilesystemLayoutResponse')
@SharedDefinition(
  'v1.FilesystemLayoutBase',
  'v1.FilesystemLayoutResponse',
  'filesystems',
  'disks',
  'raid',
  'volumegroups',
  'logicalvolumes',
  'constraints',
)
export class FilesystemLayoutResponse extends FilesystemLayoutRequest {}

@WireModel('v1.FilesystemLayoutTryRequest')
export class FilesystemLayoutTryRequest {
  @Field('string', { required: true, doc: 'ID of a size' })
  size?: string;

  @Field('string', { required: true, doc: 'ID of an image; its version is taken literally' })
  image?: string;
}

@WireModel('v1.FilesystemLayoutMatchRequest')
export class FilesystemLayoutMatchRequest {
  @Field('string', { required: true, doc: 'ID of a machine' })
  machine?: string;

  @Field('string', { required: true, doc: 'ID of a filesystem layout' })
  filesystemlayout?: string;
}
