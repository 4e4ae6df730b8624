import { Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { api } from '../../api/client.js';
import { useMay } from '../../api/role.js';
import type { Switch, SwitchNic } from '../../api/types.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { DataTable, columnsOf } from '../../components/data-table.js';
import { MachineLink } from '../../components/names.js';
import { RowActions, RowActionsContext } from '../../components/row-actions.js';
import { useRun } from '../../components/use-run.js';
import { portState } from './ports.js';

type Port = SwitchNic & { readonly machine: string };

const column = columnsOf<Port>();
const columns = column.columns([
  column.accessor('name', { header: 'Port' }),
  column.accessor((port) => portState(port).id, {
    id: 'state',
    header: 'State',
    cell: ({ row }) => {
      const { id, symbol } = portState(row.original);
      return (
        <span className={`port-label port-label-${id}`}>
          <span className={`port port-${id}`} aria-hidden>
            {symbol}
          </span>{' '}
          {id === 'shut' ? `shut (${row.original.actual.toLowerCase()})` : id}
        </span>
      );
    },
  }),
  column.accessor((port) => port.vrf ?? '', { id: 'vrf', header: 'VRF' }),
  column.accessor('machine', {
    header: 'Machine',
    cell: ({ row: { original } }) => original.machine && <MachineLink id={original.machine} />,
  }),
  column.accessor((port) => port.bgp_port_state?.BgpState ?? '', { id: 'bgp', header: 'BGP' }),
  column.accessor((port) => port.bgp_port_state?.AcceptedPrefixCounter ?? -1, {
    id: 'prefixes',
    header: 'Prefixes in / out',
    cell: ({ row: { original } }) =>
      original.bgp_port_state
        ? `${original.bgp_port_state.AcceptedPrefixCounter} / ${original.bgp_port_state.SentPrefixCounter}`
        : '',
  }),
  column.accessor((port) => port.filter?.cidrs.join() ?? '', {
    id: 'filter',
    header: 'Announces',
    cell: ({ row }) => <span className="mono wrap">{row.original.filter?.cidrs.join(' ')}</span>,
  }),
  column.accessor('mac', { header: 'MAC', cell: ({ row }) => <span className="mono">{row.original.mac}</span> }),
]);
const withActions = [
  ...columns,
  column.display({
    id: 'actions',
    header: () => <span className="sr-only">Actions</span>,
    cell: ({ row: { original } }) => (
      <RowActions
        id={original.name}
        name={original.name}
        only={original.admin_status === 'DOWN' ? 'Bring up' : 'Shut down'}
      />
    ),
  }),
];
const BY_NAME = [{ id: 'name', desc: false }];

/** The ports of a switch, their VRFs and what is plugged in. Admins shut them down and bring them up. */
export function PortTable({ leaf }: { readonly leaf: Switch }) {
  const isAdmin = useMay('admin');
  const { run, isBusy } = useRun();
  const [chosen, setChosen] = useState<string>();
  const ports = useMemo(() => {
    const machines = new Map(leaf.connections.map(({ nic, machine_id: machine = '' }) => [nic.name, machine]));
    return leaf.nics.map((nic) => ({ ...nic, machine: machines.get(nic.name) ?? '' }));
  }, [leaf]);
  const actions = useMemo(
    () => [
      { label: 'Shut down', isDangerous: true, run: setChosen },
      { label: 'Bring up', run: setChosen },
    ],
    [],
  );
  const port = ports.find(({ name }) => name === chosen);
  const isShut = port?.admin_status === 'DOWN';
  const verb = isShut ? 'Bring up' : 'Shut down';
  const toggle = async (): Promise<void> => {
    const status = isShut ? 'UP' : 'DOWN';
    const body = { nic: chosen ?? '', status } as const;
    const path = { id: leaf.id };
    if (await run(`${verb} ${chosen}`, () => api('post', '/v1/switch/{id}/port', { path, body }))) setChosen(undefined);
  };
  return (
    <RowActionsContext value={actions}>
      <DataTable
        label="Ports"
        columns={isAdmin ? withActions : columns}
        rows={ports}
        idOf={({ name }) => name}
        sorting={BY_NAME}
        empty="The switch has no ports."
      />
      {port && (
        <ConfirmDialog
          title={`${verb} ${port.name}?`}
          verb={verb}
          isDangerous={!isShut}
          isBusy={isBusy}
          onClose={() => setChosen(undefined)}
          onConfirm={() => void toggle()}
        >
          <Text size="sm">
            {isShut
              ? 'The switch brings the port up with its next synchronization.'
              : 'The switch shuts the port down with its next synchronization; it stays down until it is brought up again.'}
          </Text>
          {port.machine && (
            <Text size="sm">
              <MachineLink id={port.machine} /> is connected to it
              {port.vrf ? ` in ${port.vrf}` : ''}.
            </Text>
          )}
        </ConfirmDialog>
      )}
    </RowActionsContext>
  );
}
