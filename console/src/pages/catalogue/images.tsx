import { api } from '../../api/client.js';
import type { Image } from '../../api/types.js';
import { columnsOf } from '../../components/data-table.js';
import type { Values } from '../../components/form-values.js';
import { listIn, textIn } from '../../components/form-values.js';
import { Expiry } from './expiry.js';
import { DESCRIPTION, NAME, idField } from './section.js';
import type { Section } from './section.js';

const column = columnsOf<Image>();

/** Milliseconds for which a new image is valid unless the form says otherwise. */
const VALIDITY = 90 * 86_400_000;

const bodyOf = (values: Values) => ({
  id: textIn(values, 'id'),
  name: textIn(values, 'name'),
  description: textIn(values, 'description'),
  url: textIn(values, 'url'),
  features: listIn(values, 'features'),
  classification: textIn(values, 'classification'),
  expirationDate: new Date(`${textIn(values, 'expires')}T00:00:00Z`).toISOString(),
});

export const images: Section<Image> = {
  noun: 'image',
  label: 'Images',
  role: 'admin',
  idOf: ({ id }) => id,
  columns: column.columns([
    column.accessor('id', { header: 'ID' }),
    column.accessor((row) => row.name ?? '', { id: 'name', header: 'Name' }),
    column.accessor((row) => row.features?.join(', ') ?? '', { id: 'features', header: 'For' }),
    column.accessor((row) => row.classification ?? '', { id: 'class', header: 'Classification' }),
    column.accessor('expirationDate', {
      header: 'Expires',
      cell: ({ row }) => <Expiry time={row.original.expirationDate} />,
    }),
    column.accessor((row) => row.usedby?.length ?? 0, { id: 'usedby', header: 'Machines' }),
    column.accessor((row) => row.url ?? '', {
      id: 'url',
      header: 'URL',
      cell: ({ row }) => <span className="mono wrap">{row.original.url}</span>,
    }),
  ]),
  fields: (row) => [
    { ...idField(row), hint: 'operating system and version, such as debian-12.0.20260101' },
    NAME,
    DESCRIPTION,
    { name: 'url', label: 'URL', isRequired: true },
    { name: 'features', label: 'For', kind: 'multi', options: ['machine', 'firewall'] },
    {
      name: 'classification',
      label: 'Classification',
      kind: 'select',
      isRequired: true,
      options: ['preview', 'supported', 'deprecated'],
    },
    { name: 'expires', label: 'Expires', kind: 'date', isRequired: true },
  ],
  read: (row) => ({
    id: row?.id ?? '',
    name: row?.name ?? '',
    description: row?.description ?? '',
    url: row?.url ?? '',
    features: row?.features ?? ['machine'],
    classification: row?.classification ?? 'supported',
    expires: (row?.expirationDate ?? new Date(Date.now() + VALIDITY).toISOString()).slice(0, 10),
  }),
  create: (values) => api('put', '/v1/image', { body: bodyOf(values) }),
  update: (values) => api('post', '/v1/image', { body: bodyOf(values) }),
  remove: (id) => api('delete', '/v1/image/{id}', { path: { id } }),
};
