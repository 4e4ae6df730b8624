import { Button, Group, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { call } from '../../api/client.js';
import type { Command } from '../../api/types.js';
import { DataTable, columnsOf } from '../../components/data-table.js';
import { PageHead } from '../../components/page-head.js';
import { Ago } from '../../components/time.js';
import { useAll } from '../../live/use-live.js';
import { CommandState, commandName, isFinal } from '../../machines/commands.js';

const column = columnsOf<Command>();
const columns = column.columns([
  column.accessor('created', { header: 'Requested', cell: ({ row }) => <Ago time={row.original.created} /> }),
  column.accessor((command) => commandName(command), { id: 'command', header: 'Command' }),
  column.accessor('machine', {
    header: 'Machine',
    cell: ({ row: { original } }) => (
      <Link to="/machines/$id" params={{ id: original.machine }} preload={false} className="mono">
        {original.machine}
      </Link>
    ),
  }),
  column.accessor('partition', { header: 'Partition' }),
  column.accessor('state', { header: 'State', cell: ({ row }) => <CommandState command={row.original} /> }),
  column.accessor('error', { header: 'Reason' }),
  column.accessor('issuer', { header: 'By' }),
  column.accessor('attempt', { header: 'Attempt' }),
  column.accessor('changed', { header: 'Last change', cell: ({ row }) => <Ago time={row.original.changed} /> }),
]);
const NEWEST_FIRST = [{ id: 'created', desc: true }];

const SHOWN = {
  all: () => true,
  open: (command: Command) => !isFinal(command),
  failed: ({ state }: Command) => state === 'failed' || state === 'expired',
};

/** The command journal of all machines: open and recent commands live, archived ones on request. */
export function JournalPage() {
  const commands = useAll('command');
  const [shown, setShown] = useState<keyof typeof SHOWN>('all');
  const [text, setText] = useState('');
  const [wantsHistory, setWantsHistory] = useState(false);
  const { data: history } = useQuery({
    queryKey: ['commands', 'history'],
    queryFn: ({ signal }) => call<Command[]>('get', 'commands', { query: { history: 'true' }, signal }),
    enabled: wantsHistory,
  });
  const rows = useMemo(() => {
    const known = new Set(commands.map(({ id }) => id));
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const matches = (command: Command): boolean => {
      const { machine, partition, state, error, issuer } = command;
      const all = [commandName(command), machine, partition, state, error, issuer].join(' ').toLowerCase();
      return SHOWN[shown](command) && words.every((word) => all.includes(word));
    };
    return [...commands, ...(history ?? []).filter(({ id }) => !known.has(id))].filter(matches);
  }, [commands, history, shown, text]);
  return (
    <>
      <PageHead title="Command journal">
        {!wantsHistory && (
          <Button size="xs" variant="default" onClick={() => setWantsHistory(true)}>
            Show archived commands
          </Button>
        )}
      </PageHead>
      <Group mb="xs" gap="xs">
        <SegmentedControl
          size="xs"
          aria-label="Commands"
          value={shown}
          onChange={(value) => setShown(value)}
          data={[
            { value: 'all', label: 'All' },
            { value: 'open', label: 'Open' },
            { value: 'failed', label: 'Failed or expired' },
          ]}
        />
        <TextInput
          size="xs"
          w={280}
          aria-label="Filter"
          placeholder="Machine, command, state, issuer"
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Text size="sm" c="dimmed" role="status">
          {rows.length} {rows.length === 1 ? 'command' : 'commands'}
        </Text>
      </Group>
      <DataTable
        label="Command journal"
        columns={columns}
        rows={rows}
        idOf={({ id }) => id}
        sorting={NEWEST_FIRST}
        empty="No command matches."
        height="calc(100vh - 190px)"
      />
    </>
  );
}
