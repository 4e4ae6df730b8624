import { api } from '../../api/client.js';
import type { Tenant } from '../../api/types.js';
import { columnsOf } from '../../components/data-table.js';
import type { Values } from '../../components/form-values.js';
import { textIn } from '../../components/form-values.js';
import { META_FIELDS, metaOf, metaValues, quotaField, quotaText, quotaValues, quotasOf } from './master-data.js';
import { DESCRIPTION, NAME, idField } from './section.js';
import type { Section } from './section.js';

const column = columnsOf<Tenant>();

const bodyOf = (values: Values, old: Tenant | undefined) => ({
  ...old,
  name: textIn(values, 'name'),
  description: textIn(values, 'description'),
  meta: metaOf(values, old?.meta),
  quotas: quotasOf(values, old?.quotas),
});

export const tenants: Section<Tenant> = {
  noun: 'tenant',
  label: 'Tenants',
  role: 'admin',
  idOf: ({ meta }) => meta?.id ?? '',
  nameOf: ({ name, meta }) => name || (meta?.id ?? ''),
  columns: column.columns([
    column.accessor((row) => row.meta?.id ?? '', { id: 'id', header: 'ID' }),
    column.accessor((row) => row.name ?? '', { id: 'name', header: 'Name' }),
    column.accessor((row) => row.description ?? '', { id: 'description', header: 'Description' }),
    column.accessor((row) => quotaText(row.quotas, 'project'), { id: 'projects', header: 'Project quota' }),
    column.accessor((row) => row.meta?.labels?.join(', ') ?? '', { id: 'labels', header: 'Labels' }),
  ]),
  fields: (row) => [
    { ...idField(row), isRequired: false, hint: row ? undefined : 'generated if empty' },
    { ...NAME, isRequired: true },
    DESCRIPTION,
    quotaField('project', 'Project quota'),
    quotaField('machine', 'Machine quota'),
    quotaField('ip', 'Address quota'),
    quotaField('cluster', 'Cluster quota'),
    ...META_FIELDS,
  ],
  read: (row) => ({
    ...metaValues(row?.meta),
    ...quotaValues(row?.quotas),
    name: row?.name ?? '',
    description: row?.description ?? '',
  }),
  create: (values) => api('put', '/v1/tenant', { body: bodyOf(values, undefined) }),
  update: (values, row) => api('post', '/v1/tenant', { body: bodyOf(values, row) }),
  remove: (id) => api('delete', '/v1/tenant/{id}', { path: { id } }),
};
