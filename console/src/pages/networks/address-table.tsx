import { Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { api } from '../../api/client.js';
import { useMay } from '../../api/role.js';
import type { Ip } from '../../api/types.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { DataTable, columnsOf } from '../../components/data-table.js';
import { FormDialog } from '../../components/form-dialog.js';
import { listIn, textIn } from '../../components/form-values.js';
import { MachineLink, ProjectName } from '../../components/names.js';
import { RowActions, RowActionsContext } from '../../components/row-actions.js';
import { Ago } from '../../components/time.js';
import { useRun } from '../../components/use-run.js';
import { parsePrefix } from './prefix.js';

/** The tag that binds an address to a machine. */
const MACHINE = 'machine.metal-stack.io/id=';

const column = columnsOf<Ip>();
const columns = column.columns([
  column.accessor(({ ipaddress }) => parsePrefix(ipaddress)?.base.toString().padStart(40, '0') ?? ipaddress, {
    id: 'ip',
    header: 'Address',
    cell: ({ row }) => <span className="mono">{row.original.ipaddress}</span>,
  }),
  column.accessor('type', { header: 'Type' }),
  column.accessor('projectid', { header: 'Project', cell: ({ row }) => <ProjectName id={row.original.projectid} /> }),
  column.accessor((ip) => ip.name ?? '', { id: 'name', header: 'Name' }),
  column.accessor((ip) => (ip.tags ?? []).join(), {
    id: 'tags',
    header: 'Tags',
    cell: ({ row }) => (
      <ul className="tag-list">
        {(row.original.tags ?? []).map((tag) => (
          <li key={tag} className="mono wrap">
            {tag.startsWith(MACHINE) ? (
              <>
                machine <MachineLink id={tag.slice(MACHINE.length)} />
              </>
            ) : (
              tag
            )}
          </li>
        ))}
      </ul>
    ),
  }),
  column.accessor((ip) => ip.created ?? '', {
    id: 'created',
    header: 'Allocated',
    cell: ({ row }) => <Ago time={row.original.created} />,
  }),
]);
const withActions = [
  ...columns,
  column.display({
    id: 'actions',
    header: () => <span className="sr-only">Actions</span>,
    cell: ({ row: { original } }) => <RowActions id={original.ipaddress} name={original.ipaddress} />,
  }),
];
const BY_ADDRESS = [{ id: 'ip', desc: false }];

/** The addresses of a network. Editors change and free them. */
export function AddressTable({ ips }: { readonly ips: readonly Ip[] }) {
  const isEditor = useMay('editor');
  const [edited, setEdited] = useState<string>();
  const [doomed, setDoomed] = useState<string>();
  const { run, isBusy } = useRun();
  const actions = useMemo(
    () => [
      { label: 'Edit', run: setEdited },
      { label: 'Free', isDangerous: true, run: setDoomed },
    ],
    [],
  );
  const ip = ips.find(({ ipaddress }) => ipaddress === edited);
  const free = async (): Promise<void> => {
    const path = { id: doomed ?? '' };
    if (await run(`Free ${doomed}`, () => api('delete', '/v1/ip/free/{id}', { path }))) setDoomed(undefined);
  };
  return (
    <RowActionsContext value={actions}>
      <DataTable
        label="Addresses"
        columns={isEditor ? withActions : columns}
        rows={ips}
        idOf={({ ipaddress }) => ipaddress}
        sorting={BY_ADDRESS}
        empty="No address is allocated."
        height="420px"
      />
      {ip && <EditAddressDialog ip={ip} onClose={() => setEdited(undefined)} />}
      {doomed !== undefined && (
        <ConfirmDialog
          title="Free the address?"
          verb="Free"
          isDangerous
          isBusy={isBusy}
          onClose={() => setDoomed(undefined)}
          onConfirm={() => void free()}
        >
          <Text size="sm">
            <strong>{doomed}</strong> may be allocated to another project at once. The server refuses while a machine
            uses it.
          </Text>
        </ConfirmDialog>
      )}
    </RowActionsContext>
  );
}

const EditAddressDialog = ({ ip, onClose }: { readonly ip: Ip; readonly onClose: () => void }) => (
  <FormDialog
    title={`Edit the address ${ip.ipaddress}`}
    verb="Save"
    done="The address was changed."
    fields={[
      { name: 'name', label: 'Name' },
      { name: 'description', label: 'Description' },
      {
        name: 'type',
        label: 'Type',
        kind: 'select',
        isRequired: true,
        isFixed: ip.type === 'static',
        options: ['ephemeral', 'static'],
        hint: 'a static address never becomes ephemeral again',
      },
      { name: 'tags', label: 'Tags', kind: 'tags', hint: 'a machine tag binds the address to that machine' },
    ]}
    initial={{ name: ip.name ?? '', description: ip.description ?? '', type: ip.type, tags: ip.tags ?? [] }}
    onClose={onClose}
    onSubmit={(values) =>
      api('post', '/v1/ip', {
        body: {
          ipaddress: ip.ipaddress,
          name: textIn(values, 'name'),
          description: textIn(values, 'description'),
          type: textIn(values, 'type') as Ip['type'],
          tags: listIn(values, 'tags'),
        },
      })
    }
  />
);
