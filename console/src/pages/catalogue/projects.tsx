import { api } from '../../api/client.js';
import type { Project } from '../../api/types.js';
import { columnsOf } from '../../components/data-table.js';
import type { Values } from '../../components/form-values.js';
import { textIn } from '../../components/form-values.js';
import { META_FIELDS, metaOf, metaValues, quotaField, quotaText, quotaValues, quotasOf } from './master-data.js';
import { DESCRIPTION, NAME, idField } from './section.js';
import type { Section } from './section.js';

const column = columnsOf<Project>();
const columns = column.columns([
  column.accessor((row) => row.meta?.id ?? '', { id: 'id', header: 'ID' }),
  column.accessor((row) => row.name ?? '', { id: 'name', header: 'Name' }),
  column.accessor((row) => row.description ?? '', { id: 'description', header: 'Description' }),
  column.accessor((row) => row.tenant_id ?? '', { id: 'tenant', header: 'Tenant' }),
  column.accessor((row) => quotaText(row.quotas, 'machine'), { id: 'machines', header: 'Machine quota' }),
  column.accessor((row) => row.meta?.labels?.join(', ') ?? '', { id: 'labels', header: 'Labels' }),
]);

const bodyOf = (values: Values, old: Project | undefined) => ({
  ...old,
  name: textIn(values, 'name'),
  description: textIn(values, 'description'),
  tenant_id: textIn(values, 'tenant'),
  meta: metaOf(values, old?.meta),
  quotas: quotasOf(values, old?.quotas),
});

export const projects = (tenants: readonly string[]): Section<Project> => ({
  noun: 'project',
  label: 'Projects',
  role: 'admin',
  idOf: ({ meta }) => meta?.id ?? '',
  nameOf: ({ name, meta }) => name || (meta?.id ?? ''),
  columns,
  fields: (row) => [
    { ...idField(row), isRequired: false, hint: row ? undefined : 'generated if empty' },
    { ...NAME, isRequired: true },
    DESCRIPTION,
    { name: 'tenant', label: 'Tenant', kind: 'select', isRequired: true, isFixed: row !== undefined, options: tenants },
    quotaField('machine', 'Machine quota'),
    quotaField('ip', 'Address quota'),
    quotaField('cluster', 'Cluster quota'),
    ...META_FIELDS,
  ],
  read: (row) => ({
    ...metaValues(row?.meta),
    ...withoutProjects(quotaValues(row?.quotas)),
    name: row?.name ?? '',
    description: row?.description ?? '',
    tenant: row?.tenant_id ?? '',
  }),
  create: (values) => api('put', '/v1/project', { body: bodyOf(values, undefined) }),
  update: (values, row) => api('post', '/v1/project', { body: bodyOf(values, row) }),
  remove: (id) => api('delete', '/v1/project/{id}', { path: { id } }),
});

const withoutProjects = ({ 'quota-project': _, ...others }: Values): Values => others;
