import { Button, Group, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { call } from '../../api/client.js';
import type { Command } from '../../api/types.js';
import { DataTable, columnsOf } from '../../components/data-table.js';
import { MachineLink } from '../../components/names.js';
import { PageHead } from '../../components/page-head.js';
import { Ago } from '../../components/time.js';
import { useAll, useStore } from '../../live/use-live.js';
import { CommandState, commandName, isFinal } from '../../machines/commands.js';
import { nameOf } from '../../machines/life-cycle.js';

/** A command with the name of its machine; empty when the machine is gone. */
interface Entry extends Command {
  readonly machineName: string;
}

const column = columnsOf<Entry>();
const columns = column.columns([
  column.accessor('created', { header: 'Requested', cell: ({ row }) => <Ago time={row.original.created} /> }),
  column.accessor((command) => commandName(command), { id: 'command', header: 'Command' }),
  column.accessor(({ machineName, machine }) => machineName || machine, {
    id: 'machine',
    header: 'Machine',
    cell: ({ row }) => <MachineLink id={row.original.machine} />,
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
  const store = useStore();
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
    const named = (command: Command): Entry => {
      const machine = store.get('machine', command.machine);
      return { ...command, machineName: machine ? nameOf(machine) : '' };
    };
    const matches = (entry: Entry): boolean => {
      const { machine, machineName, partition, state, error, issuer } = entry;
      const all = [commandName(entry), machine, machineName, partition, state, error, issuer].join(' ').toLowerCase();
      return SHOWN[shown](entry) && words.every((word) => all.includes(word));
    };
    return [...commands, ...(history ?? []).filter(({ id }) => !known.has(id))].map(named).filter(matches);
  }, [store, commands, history, shown, text]);
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
