import type { Content } from '../../shared/document.js';
import type {
  Disk,
  Filesystem,
  FilesystemFormat,
  FilesystemLayout,
  GptType,
  LvmType,
  RaidLevel,
} from '../../modules/filesystem-layout/filesystem-layout.js';
import { count, dictionary, entity, flag, part, parts, text, texts } from '../fields.js';
import type { OldRow } from '../sources/source.js';

export function layoutOf(row: OldRow): Content<FilesystemLayout> {
  const constraints = part(row, 'constraints') ?? {};
  return {
    ...entity(row),
    filesystems: parts(row, 'filesystems').map(filesystemOf),
    disks: parts(row, 'disks').map(diskOf),
    raid: parts(row, 'raid').map((raid) => ({
      arrayName: text(raid, 'arrayname'),
      devices: texts(raid, 'devices'),
      level: (text(raid, 'raidlevel') || text(raid, 'level')) as RaidLevel,
      createOptions: texts(raid, 'createoptions'),
      spares: count(raid, 'spares'),
    })),
    volumeGroups: parts(row, 'volumegroups').map((group) => ({
      name: text(group, 'name'),
      devices: texts(group, 'devices'),
      tags: texts(group, 'tags'),
    })),
    logicalVolumes: parts(row, 'logicalvolumes').map((volume) => ({
      name: text(volume, 'name'),
      volumeGroup: text(volume, 'volumegroup'),
      size: count(volume, 'size'),
      lvmType: text(volume, 'lvmtype') as LvmType,
    })),
    constraints: { sizes: texts(constraints, 'sizes'), images: dictionary(constraints, 'images') },
  };
}

const filesystemOf = (row: OldRow): Filesystem => ({
  ...optional('path', text(row, 'path')),
  device: text(row, 'device'),
  format: text(row, 'format') as FilesystemFormat,
  ...optional('label', text(row, 'label')),
  mountOptions: texts(row, 'mountoptions'),
  createOptions: texts(row, 'createoptions'),
});

const diskOf = (row: OldRow): Disk => ({
  device: text(row, 'device'),
  partitions: parts(row, 'partitions').map((partition) => ({
    number: count(partition, 'number'),
    ...optional('label', text(partition, 'label')),
    size: count(partition, 'size'),
    ...optional('gptType', text(partition, 'gpttype') as GptType | ''),
  })),
  wipeOnReinstall: flag(row, 'wipeonreinstall'),
});

/** The member, unless it is empty. */
const optional = <K extends string, V extends string>(name: K, value: V): { readonly [P in K]?: Exclude<V, ''> } =>
  (value ? { [name]: value } : {}) as { readonly [P in K]?: Exclude<V, ''> };
