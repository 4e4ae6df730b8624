import { Alert, Button, Code, Group, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api } from '../../api/client.js';
import { useMay } from '../../api/role.js';
import type { ApiToken } from '../../api/types.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { DataTable, columnsOf } from '../../components/data-table.js';
import { reasonOf } from '../../components/notices.js';
import { PageHead } from '../../components/page-head.js';
import { RowActions, RowActionsContext } from '../../components/row-actions.js';
import { Ago } from '../../components/time.js';
import { useRun } from '../../components/use-run.js';

const column = columnsOf<ApiToken>();
const columns = column.columns([
  column.accessor((token) => token.subject ?? '', {
    id: 'subject',
    header: 'Subject',
    cell: ({ row }) => row.original.subject || <span>revoked before its first use</span>,
  }),
  column.accessor((token) => token.role ?? '', { id: 'role', header: 'Role' }),
  column.accessor((token) => token.first_used ?? '', {
    id: 'used',
    header: 'First used',
    cell: ({ row }) => <Ago time={row.original.first_used} />,
  }),
  column.accessor('expires', {
    header: 'Expires',
    cell: ({ row }) => new Date(row.original.expires).toLocaleString('en-GB'),
  }),
  column.accessor((token) => token.revoked ?? '', {
    id: 'revoked',
    header: 'Revoked',
    cell: ({ row }) => row.original.revoked && <span className="bad">✕ {<Ago time={row.original.revoked} />}</span>,
  }),
  column.accessor('id', { header: 'ID', cell: ({ row }) => <span className="mono">{row.original.id}</span> }),
  column.display({
    id: 'actions',
    header: () => <span className="sr-only">Actions</span>,
    cell: ({ row: { original } }) =>
      original.revoked ? null : (
        <RowActions id={original.id} name={`the token of ${original.subject ?? original.id}`} />
      ),
  }),
]);
const BY_USE = [{ id: 'used', desc: true }];

/** API tokens that were used or revoked. They are created on the server, never here. */
export function TokensPage() {
  const isAdmin = useMay('admin');
  const client = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => api('get', '/v1/user/token', { signal }),
    enabled: isAdmin,
    refetchInterval: 15_000,
  });
  const [chosen, setChosen] = useState<string>();
  const [id, setId] = useState('');
  const { run, isBusy } = useRun();
  const actions = useMemo(() => [{ label: 'Revoke', isDangerous: true, run: setChosen }], []);
  if (!isAdmin) return <Alert>API tokens need the role admin.</Alert>;
  const token = data?.find((one) => one.id === chosen);
  const revoke = async (): Promise<void> => {
    const isDone = await run('Revoke the token', () =>
      api('delete', '/v1/user/token/{id}', { path: { id: chosen ?? '' } }),
    );
    await client.invalidateQueries({ queryKey: ['tokens'] });
    if (isDone) setChosen(undefined);
    if (isDone) setId('');
  };
  return (
    <>
      <PageHead title="API tokens" />
      <Text size="sm" mb="xs">
        A token appears with its first use. Create one on the server with{' '}
        <Code>metal-api token --subject NAME --role viewer</Code>.
      </Text>
      {error && <Alert color="red">{reasonOf(error)}</Alert>}
      <RowActionsContext value={actions}>
        <DataTable
          label="API tokens"
          columns={columns}
          rows={data ?? []}
          idOf={(one) => one.id}
          sorting={BY_USE}
          empty="No token was used or revoked."
        />
      </RowActionsContext>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (id.trim() !== '') setChosen(id.trim());
        }}
      >
        <Group align="flex-end" gap="xs" mt="md">
          <TextInput
            label="Revoke a token that was never used"
            description="The ID that was printed when the token was created"
            w={380}
            value={id}
            onChange={({ currentTarget }) => setId(currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={id.trim() === ''}>
            Revoke…
          </Button>
        </Group>
      </form>
      {chosen !== undefined && (
        <ConfirmDialog
          title="Revoke the token?"
          verb="Revoke"
          isDangerous
          isBusy={isBusy}
          onClose={() => setChosen(undefined)}
          onConfirm={() => void revoke()}
        >
          <Text size="sm">
            The token {token?.subject ? `of ${token.subject} ` : ''}
            <span className="mono">{chosen}</span> becomes worthless at once, for good.
          </Text>
        </ConfirmDialog>
      )}
    </>
  );
}
