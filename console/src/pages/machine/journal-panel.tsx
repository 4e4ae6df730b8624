import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { call } from '../../api/client.js';
import type { Command } from '../../api/types.js';
import { DataTable, columnsOf } from '../../components/data-table.js';
import { Panel } from '../../components/panel.js';
import { Ago } from '../../components/time.js';
import { useAll } from '../../live/use-live.js';
import { CommandState, commandName } from '../../machines/commands.js';

const column = columnsOf<Command>();
const columns = column.columns([
  column.accessor('created', { header: 'Requested', cell: ({ row }) => <Ago time={row.original.created} /> }),
  column.accessor((command) => commandName(command), { id: 'command', header: 'Command' }),
  column.accessor('state', { header: 'State', cell: ({ row }) => <CommandState command={row.original} /> }),
  column.accessor('error', { header: 'Reason', cell: ({ row }) => <span className="wrap">{row.original.error}</span> }),
  column.accessor('issuer', { header: 'By' }),
  column.accessor('attempt', { header: 'Attempt' }),
]);
const NEWEST_FIRST = [{ id: 'created', desc: true }];

/** Commands for the BMC of this machine; the open and recent ones live, older ones on request. */
export function JournalPanel({ id }: { readonly id: string }) {
  const commands = useAll('command');
  const [wantsHistory, setWantsHistory] = useState(false);
  const { data: history } = useQuery({
    queryKey: ['commands', id, 'history'],
    queryFn: ({ signal }) => call<Command[]>('get', 'commands', { query: { machine: id, history: 'true' }, signal }),
    enabled: wantsHistory,
  });
  const rows = useMemo(() => {
    const live = commands.filter(({ machine }) => machine === id);
    const known = new Set(live.map((command) => command.id));
    return [...live, ...(history ?? []).filter((command) => !known.has(command.id))];
  }, [commands, history, id]);
  return (
    <Panel
      title="Command journal"
      className="whole-line"
      aside={
        !wantsHistory && (
          <Button size="compact-xs" variant="default" onClick={() => setWantsHistory(true)}>
            Show archived commands
          </Button>
        )
      }
    >
      <DataTable
        label="Command journal"
        columns={columns}
        rows={rows}
        idOf={(command) => command.id}
        sorting={NEWEST_FIRST}
        empty="No commands."
        height="320px"
      />
    </Panel>
  );
}
