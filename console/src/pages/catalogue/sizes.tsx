import { api } from '../../api/client.js';
import type { Size } from '../../api/types.js';
import { columnsOf } from '../../components/data-table.js';
import type { Values } from '../../components/form-values.js';
import { jsonIn, jsonText, labelTexts, labelsIn, textIn } from '../../components/form-values.js';
import { bytesText } from '../../components/units.js';
import { Lines } from './lines.js';
import { DESCRIPTION, LABELS, NAME, idField } from './section.js';
import type { Section } from './section.js';

type Constraint = Size['constraints'][number];

const column = columnsOf<Size>();

/** A constraint in words, such as `memory 256 GiB` or `storage 1 TiB–2 TiB (/dev/nvme*)`. */
function constraintText({ type, min = 0, max = 0, identifier }: Constraint): string {
  const amount = (value: number): string =>
    type === 'memory' || type === 'storage' ? bytesText(value) : String(value);
  const range = min === max ? amount(min) : `${amount(min)}–${amount(max)}`;
  return `${type} ${range}${identifier ? ` (${identifier})` : ''}`;
}

const bodyOf = (values: Values) => ({
  id: textIn(values, 'id'),
  name: textIn(values, 'name'),
  description: textIn(values, 'description'),
  labels: labelsIn(values),
  constraints: jsonIn<Constraint[]>(values, 'constraints', 'Constraints') ?? [],
});

export const sizes: Section<Size> = {
  noun: 'size',
  label: 'Sizes',
  role: 'admin',
  idOf: ({ id }) => id,
  columns: column.columns([
    column.accessor('id', { header: 'ID' }),
    column.accessor((row) => row.name ?? '', { id: 'name', header: 'Name' }),
    column.accessor((row) => row.description ?? '', { id: 'description', header: 'Description' }),
    column.accessor((row) => row.constraints.map(constraintText).join(), {
      id: 'constraints',
      header: 'Constraints',
      cell: ({ row }) => <Lines of={row.original.constraints.map(constraintText)} />,
    }),
    column.accessor((row) => labelTexts(row.labels).join(), {
      id: 'labels',
      header: 'Labels',
      cell: ({ row }) => <Lines of={labelTexts(row.original.labels)} />,
    }),
  ]),
  fields: (row) => [
    idField(row),
    NAME,
    DESCRIPTION,
    {
      name: 'constraints',
      label: 'Constraints',
      kind: 'code',
      hint: 'JSON list of {"type": "cores|memory|storage|gpu", "min": …, "max": …, "identifier": "…"}; memory and storage in bytes',
    },
    LABELS,
  ],
  read: (row) => ({
    id: row?.id ?? '',
    name: row?.name ?? '',
    description: row?.description ?? '',
    labels: labelTexts(row?.labels),
    constraints: jsonText(
      row?.constraints ?? [
        { type: 'cores', min: 8, max: 8 },
        { type: 'memory', min: 32 * 2 ** 30, max: 32 * 2 ** 30 },
        { type: 'storage', min: 2 ** 40, max: 2 ** 41 },
      ],
    ),
  }),
  create: (values) => api('put', '/v1/size', { body: bodyOf(values) }),
  update: (values) => api('post', '/v1/size', { body: bodyOf(values) }),
  remove: (id) => api('delete', '/v1/size/{id}', { path: { id } }),
};
