import { useMemo } from 'react';
import { api } from '../../api/client.js';
import type { SizeReservation } from '../../api/types.js';
import { columnsOf } from '../../components/data-table.js';
import type { Values } from '../../components/form-values.js';
import { labelTexts, labelsIn, listIn, numberIn, textIn } from '../../components/form-values.js';
import { useLiveQuery } from '../../live/use-live-query.js';
import { useAll } from '../../live/use-live.js';
import { Lines } from './lines.js';
import { DESCRIPTION, LABELS, NAME, idField } from './section.js';
import type { Section } from './section.js';

/** A reservation with how much of it is used, by partition. */
export type UsedReservation = SizeReservation & { readonly usage: readonly string[] };

export const RESERVATIONS = ['reservations'];

/** Reservations are not part of the watch. */
export function useReservations(): readonly UsedReservation[] {
  const { data } = useLiveQuery({
    queryKey: RESERVATIONS,
    queryFn: async ({ signal }) => {
      const [all, used] = await Promise.all([
        api('get', '/v1/size/reservations', { signal }),
        api('post', '/v1/size/reservations/usage', { body: {}, signal }),
      ]);
      return all.map((one) => ({
        ...one,
        usage: used
          .filter(({ id }) => id === one.id)
          .map(({ partitionid, usedamount, amount }) => `${partitionid}: ${usedamount} of ${amount}`),
      }));
    },
    kinds: ['machine', 'size', 'project', 'partition'],
    atMostEvery: 3000,
    atLeastEvery: 15_000,
  });
  return data ?? NONE;
}
const NONE: readonly UsedReservation[] = [];

const column = columnsOf<UsedReservation>();
const columns = column.columns([
  column.accessor((row) => row.name || row.id, { id: 'name', header: 'Reservation' }),
  column.accessor('projectid', { header: 'Project' }),
  column.accessor('sizeid', { header: 'Size' }),
  column.accessor('amount', { header: 'Machines' }),
  column.accessor((row) => row.partitionids.join(), {
    id: 'partitions',
    header: 'Partitions',
    cell: ({ row }) => <Lines of={row.original.partitionids} />,
  }),
  column.accessor((row) => row.usage.join(), {
    id: 'usage',
    header: 'Used',
    cell: ({ row }) => <Lines of={row.original.usage} />,
  }),
  column.accessor((row) => row.description ?? '', { id: 'description', header: 'Description' }),
]);

const common = (values: Values) => ({
  id: textIn(values, 'id'),
  name: textIn(values, 'name'),
  description: textIn(values, 'description'),
  labels: labelsIn(values),
  amount: numberIn(values, 'amount') ?? 0,
  partitionids: listIn(values, 'partitions'),
});

/** The section, with the projects, sizes and partitions that can be chosen. */
export function useReservationSection(): Section<UsedReservation> {
  const [projects, sizes, partitions] = [useAll('project'), useAll('size'), useAll('partition')];
  return useMemo(
    () => ({
      noun: 'size reservation',
      label: 'Size reservations',
      role: 'editor' as const,
      idOf: ({ id }: UsedReservation) => id,
      nameOf: ({ id, name }: UsedReservation) => name || id,
      columns,
      fields: (row?: UsedReservation) => [
        { ...idField(row), isRequired: false, hint: row ? undefined : 'generated if empty' },
        NAME,
        DESCRIPTION,
        {
          name: 'project',
          label: 'Project',
          kind: 'select' as const,
          isRequired: true,
          isFixed: row !== undefined,
          options: projects.map(({ meta, name }) => ({
            value: meta?.id ?? '',
            label: name ? `${name} (${meta?.id})` : (meta?.id ?? ''),
          })),
        },
        {
          name: 'size',
          label: 'Size',
          kind: 'select' as const,
          isRequired: true,
          isFixed: row !== undefined,
          options: sizes.map(({ id }) => id).sort(),
        },
        { name: 'amount', label: 'Machines', isRequired: true, hint: 'in each of the partitions' },
        {
          name: 'partitions',
          label: 'Partitions',
          kind: 'multi' as const,
          isRequired: true,
          options: partitions.map(({ id }) => id).sort(),
        },
        LABELS,
      ],
      read: (row?: UsedReservation) => ({
        id: row?.id ?? '',
        name: row?.name ?? '',
        description: row?.description ?? '',
        project: row?.projectid ?? '',
        size: row?.sizeid ?? '',
        amount: String(row?.amount ?? 1),
        partitions: row?.partitionids ?? [],
        labels: labelTexts(row?.labels),
      }),
      create: (values: Values) =>
        api('put', '/v1/size/reservations', {
          body: { ...common(values), projectid: textIn(values, 'project'), sizeid: textIn(values, 'size') },
        }),
      update: (values: Values) => api('post', '/v1/size/reservations', { body: common(values) }),
      remove: (id: string) => api('delete', '/v1/size/reservations/{id}', { path: { id } }),
    }),
    [projects, sizes, partitions],
  );
}
