import { useMemo } from 'react';
import type { Machine } from '../../api/types.js';
import { DataTable, columnsOf } from '../../components/data-table.js';
import { MachineLink, ProjectName, useProjectNames } from '../../components/names.js';
import { Ago } from '../../components/time.js';
import { nameOf, stateOf } from '../../machines/life-cycle.js';
import { StateBadge } from '../../machines/state-mark.js';

const column = columnsOf<Machine>();

/** Projects sort by the names that they are shown with. */
const columnsWith = (projectName: (id: string) => string) =>
  column.columns([
    column.accessor((machine) => nameOf(machine), {
      id: 'name',
      header: 'Machine',
      cell: ({ row: { original } }) => <MachineLink id={original.id} />,
    }),
    column.accessor((machine) => stateOf(machine).label, {
      id: 'state',
      header: 'State',
      cell: ({ row }) => <StateBadge state={stateOf(row.original)} />,
    }),
    column.accessor((machine) => machine.partition?.id ?? '', { id: 'partition', header: 'Partition' }),
    column.accessor((machine) => machine.rackid ?? '', { id: 'rack', header: 'Rack' }),
    column.accessor((machine) => machine.size?.id ?? '', { id: 'size', header: 'Size' }),
    column.accessor(({ allocation }) => (allocation ? projectName(allocation.project) : ''), {
      id: 'project',
      header: 'Project',
      cell: ({ row: { original } }) => original.allocation && <ProjectName id={original.allocation.project} />,
    }),
    column.accessor((machine) => machine.allocation?.image?.id ?? '', { id: 'image', header: 'Image' }),
    column.accessor((machine) => machine.events.last_event_time ?? '', {
      id: 'event',
      header: 'Last event',
      cell: ({ row: { original } }) => (
        <>
          {original.events.log[0]?.event} <Ago time={original.events.last_event_time} />
        </>
      ),
    }),
  ]);

const BY_NAME = [{ id: 'name', desc: false }];

export function MachineTable({ machines }: { readonly machines: readonly Machine[] }) {
  const projectName = useProjectNames();
  const columns = useMemo(() => columnsWith(projectName), [projectName]);
  return (
    <DataTable
      label="Machines"
      columns={columns}
      rows={machines}
      idOf={({ id }) => id}
      sorting={BY_NAME}
      empty="No machine matches."
    />
  );
}
