import { api } from '../../api/client.js';
import type { SizeImageConstraint } from '../../api/types.js';
import { columnsOf } from '../../components/data-table.js';
import type { Values } from '../../components/form-values.js';
import { labelTexts, labelsIn, textIn } from '../../components/form-values.js';
import { Lines } from './lines.js';
import { DESCRIPTION, NAME, idField } from './section.js';
import type { Section } from './section.js';

const column = columnsOf<SizeImageConstraint>();

const imageTexts = (images: Readonly<Record<string, string>>): string[] =>
  Object.entries(images).map(([os, range]) => `${os} ${range}`);

const bodyOf = (values: Values) => ({
  id: textIn(values, 'id'),
  name: textIn(values, 'name'),
  description: textIn(values, 'description'),
  constraints: { images: labelsIn(values, 'images') },
});

export const constraints: Section<SizeImageConstraint> = {
  noun: 'size image constraint',
  label: 'Size image constraints',
  role: 'admin',
  idOf: ({ id }) => id,
  columns: column.columns([
    column.accessor('id', { header: 'Size' }),
    column.accessor((row) => row.name ?? '', { id: 'name', header: 'Name' }),
    column.accessor((row) => row.description ?? '', { id: 'description', header: 'Description' }),
    column.accessor((row) => imageTexts(row.constraints.images).join(), {
      id: 'images',
      header: 'Images',
      cell: ({ row }) => <Lines of={imageTexts(row.original.constraints.images)} />,
    }),
  ]),
  fields: (row) => [
    idField(row, 'Size'),
    NAME,
    DESCRIPTION,
    {
      name: 'images',
      label: 'Images',
      kind: 'tags',
      isRequired: true,
      hint: 'operating system=versions, such as debian=>= 12.0.20260101 or ubuntu=*',
    },
  ],
  read: (row) => ({
    id: row?.id ?? '',
    name: row?.name ?? '',
    description: row?.description ?? '',
    images: labelTexts(row?.constraints.images),
  }),
  create: (values) => api('put', '/v1/size-image-constraint', { body: bodyOf(values) }),
  update: (values) => api('post', '/v1/size-image-constraint', { body: bodyOf(values) }),
  remove: (id) => api('delete', '/v1/size-image-constraint/{id}', { path: { id } }),
};
