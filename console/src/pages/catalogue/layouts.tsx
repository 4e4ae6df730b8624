import { api } from '../../api/client.js';
import type { FilesystemLayout } from '../../api/types.js';
import { columnsOf } from '../../components/data-table.js';
import type { Values } from '../../components/form-values.js';
import { jsonIn, jsonText, labelTexts, labelsIn, listIn, textIn } from '../../components/form-values.js';
import { Lines } from './lines.js';
import { DESCRIPTION, NAME, idField } from './section.js';
import type { Section } from './section.js';

type Parts = Pick<FilesystemLayout, 'disks' | 'filesystems' | 'raid' | 'volumegroups' | 'logicalvolumes'>;

const column = columnsOf<FilesystemLayout>();

const bodyOf = (values: Values) => {
  const parts = jsonIn<Parts>(values, 'parts', 'Disks and file systems') ?? {};
  const { disks = [], filesystems = [], raid = [], volumegroups = [], logicalvolumes = [] } = parts;
  return {
    id: textIn(values, 'id'),
    name: textIn(values, 'name'),
    description: textIn(values, 'description'),
    constraints: { sizes: listIn(values, 'sizes'), images: labelsIn(values, 'images') },
    ...{ disks, filesystems, raid, volumegroups, logicalvolumes },
  };
};

const EXAMPLE: Parts = {
  disks: [
    {
      device: '/dev/sda',
      wipeonreinstall: true,
      partitions: [
        { number: 1, label: 'efi', size: 500, gpttype: 'ef00' },
        { number: 2, label: 'root', size: 0, gpttype: '8300' },
      ],
    },
  ],
  filesystems: [
    { device: '/dev/sda1', format: 'vfat', path: '/boot/efi', label: 'efi' },
    { device: '/dev/sda2', format: 'ext4', path: '/', label: 'root' },
  ],
};

const partsOf = ({ disks, filesystems, raid, volumegroups, logicalvolumes }: FilesystemLayout): Parts => ({
  ...{ disks, filesystems, raid, volumegroups, logicalvolumes },
});

export const layouts: Section<FilesystemLayout> = {
  noun: 'filesystem layout',
  label: 'Filesystem layouts',
  role: 'admin',
  idOf: ({ id }) => id,
  columns: column.columns([
    column.accessor('id', { header: 'ID' }),
    column.accessor((row) => row.description || row.name || '', { id: 'description', header: 'Description' }),
    column.accessor((row) => row.constraints.sizes?.join() ?? '', {
      id: 'sizes',
      header: 'Sizes',
      cell: ({ row }) => <Lines of={row.original.constraints.sizes ?? []} />,
    }),
    column.accessor((row) => Object.keys(row.constraints.images).join(), {
      id: 'images',
      header: 'Images',
      cell: ({ row }) => (
        <Lines of={Object.entries(row.original.constraints.images).map(([os, range]) => `${os} ${range}`)} />
      ),
    }),
    column.accessor((row) => row.disks?.map(({ device }) => device).join() ?? '', {
      id: 'disks',
      header: 'Disks',
      cell: ({ row }) => <Lines of={(row.original.disks ?? []).map(({ device }) => device)} />,
    }),
    column.accessor((row) => row.filesystems?.length ?? 0, {
      id: 'filesystems',
      header: 'File systems',
      cell: ({ row }) => (
        <Lines
          of={(row.original.filesystems ?? []).map(({ device, format, path }) => `${path || '–'} ${format} ${device}`)}
        />
      ),
    }),
  ]),
  fields: (row) => [
    idField(row),
    NAME,
    DESCRIPTION,
    { name: 'sizes', label: 'Sizes', kind: 'tags', hint: 'IDs of sizes' },
    { name: 'images', label: 'Images', kind: 'tags', hint: 'operating system=versions, such as debian=>= 12' },
    {
      name: 'parts',
      label: 'Disks and file systems',
      kind: 'code',
      isRequired: true,
      hint: 'JSON object with disks, filesystems, raid, volumegroups and logicalvolumes',
    },
  ],
  read: (row) => ({
    id: row?.id ?? '',
    name: row?.name ?? '',
    description: row?.description ?? '',
    sizes: row?.constraints.sizes ?? [],
    images: labelTexts(row?.constraints.images),
    parts: jsonText(row ? partsOf(row) : EXAMPLE),
  }),
  create: (values) => api('put', '/v1/filesystemlayout', { body: bodyOf(values) }),
  update: (values) => api('post', '/v1/filesystemlayout', { body: bodyOf(values) }),
  remove: (id) => api('delete', '/v1/filesystemlayout/{id}', { path: { id } }),
};
