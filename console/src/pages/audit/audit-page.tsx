import { Alert, Button, Group, Loader, Modal, Select, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { api, ApiError } from '../../api/client.js';
import type { AuditFindRequest, AuditTrace } from '../../api/types.js';
import { DataTable, columnsOf } from '../../components/data-table.js';
import { Facts } from '../../components/facts.js';
import { reasonOf } from '../../components/notices.js';
import { PageHead } from '../../components/page-head.js';
import { RowActions, RowActionsContext } from '../../components/row-actions.js';
import { Ago } from '../../components/time.js';
import { callsOf } from './calls.js';
import type { AuditedCall } from './calls.js';
import './audit.css';

const column = columnsOf<AuditedCall>();
const columns = column.columns([
  column.accessor('time', { header: 'Time', cell: ({ row }) => <Ago time={row.original.time} /> }),
  column.accessor('user', { header: 'User' }),
  column.accessor('detail', { header: 'Method' }),
  column.accessor('path', {
    header: 'Path',
    cell: ({ row }) => <span className="mono wrap">{row.original.path}</span>,
  }),
  column.accessor('status', { header: 'Result', cell: ({ row }) => <Result call={row.original} /> }),
  column.accessor('remote', { header: 'From', cell: ({ row }) => <span className="mono">{row.original.remote}</span> }),
  column.display({
    id: 'actions',
    header: () => <span className="sr-only">Actions</span>,
    cell: ({ row: { original } }) => <RowActions id={original.id} name={`${original.detail} ${original.path}`} />,
  }),
]);
const NEWEST_FIRST = [{ id: 'time', desc: true }];

function Result({ call: { status, isOpen } }: { readonly call: AuditedCall }) {
  if (isOpen) return <span className="warn">no response recorded</span>;
  if (status === undefined) return null;
  const isGood = status === 0 || (status >= 200 && status < 300);
  return (
    <span className={isGood ? 'good' : 'bad'}>
      <span aria-hidden>{isGood ? '✓' : '✕'} </span>
      {status}
    </span>
  );
}

const SPANS = [
  { value: '1', label: 'the last hour' },
  { value: '24', label: 'the last day' },
  { value: '168', label: 'the last 7 days' },
  { value: '336', label: 'the last 14 days' },
];
const HOUR = 3_600_000;

/** Who did what, from the audit trail. */
export function AuditPage() {
  const [hours, setHours] = useState('24');
  const [form, setForm] = useState({ user: '', path: '', body: '', rqid: '', status_code: '' });
  const [asked, setAsked] = useState({ ...form, hours, at: 0 });
  const [open, setOpen] = useState<string>();
  const { data, error, isFetching } = useQuery({
    queryKey: ['audit', asked],
    queryFn: ({ signal }) => api('post', '/v1/audit/find', { body: requestOf(asked), signal }),
    placeholderData: (old) => old,
    retry: false,
  });
  const calls = useMemo(() => callsOf(data ?? []), [data]);
  const chosen = calls.find(({ id }) => id === open);
  const actions = useMemo(() => [{ label: 'Details', run: setOpen }], []);
  const input = (name: keyof typeof form, label: string, width: number): ReactNode => (
    <TextInput
      size="xs"
      w={width}
      label={label}
      value={form[name]}
      onChange={({ currentTarget: { value } }) => setForm((old) => ({ ...old, [name]: value }))}
    />
  );
  if (error && isDisabled(error)) {
    return (
      <>
        <PageHead title="Audit trail" />
        <Alert color="blue" role="status" title="The audit trail is off">
          Set METAL_API_AUDITING_ENABLED=true on the server to record who changes what.
        </Alert>
      </>
    );
  }
  return (
    <>
      <PageHead title="Audit trail" />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setAsked((old) => ({ ...form, hours, at: old.at + 1 }));
        }}
      >
        <Group gap="xs" align="flex-end" mb="xs">
          <Select
            size="xs"
            w={140}
            label="Within"
            allowDeselect={false}
            data={SPANS}
            value={hours}
            onChange={(value) => setHours(value ?? '24')}
          />
          {input('user', 'User', 170)}
          {input('path', 'Path contains', 180)}
          {input('body', 'Body contains', 160)}
          {input('status_code', 'Status', 70)}
          {input('rqid', 'Request ID', 170)}
          {/* Not disabled while it searches: Enter submits nothing then, and a new search cancels the old one. */}
          <Button size="xs" type="submit">
            Search
          </Button>
          {isFetching && <Loader size="xs" mb={6} aria-label="Searching" />}
        </Group>
      </form>
      {error && (
        <Alert color="orange" mb="xs" role="alert" title="The audit trail did not answer">
          {reasonOf(error)}
        </Alert>
      )}
      <Text size="sm" c="dimmed" role="status" mb="xs">
        {calls.length} {calls.length === 1 ? 'call' : 'calls'}
        {(data?.length ?? 0) >= LIMIT ? `; only the newest ${LIMIT} entries are shown` : ''}
      </Text>
      <RowActionsContext value={actions}>
        <DataTable
          label="Audited calls"
          columns={columns}
          rows={calls}
          idOf={({ id }) => id}
          sorting={NEWEST_FIRST}
          empty="No call matches."
          height="calc(100vh - 250px)"
        />
      </RowActionsContext>
      {chosen && <CallDialog call={chosen} onClose={() => setOpen(undefined)} />}
    </>
  );
}

const isDisabled = (error: Error): boolean =>
  error instanceof ApiError && error.message.startsWith('this feature is currently disabled');

const LIMIT = 2000;

function requestOf(
  asked: Record<'hours' | keyof AuditFindRequest, string> | Record<string, unknown>,
): AuditFindRequest {
  const { hours, user, path, body, rqid, status_code: status } = asked as Record<string, string>;
  return {
    from: new Date(Date.now() - Number(hours) * HOUR).toISOString(),
    limit: LIMIT,
    ...(user && { user: user.trim() }),
    ...(path && { path: path.trim() }),
    ...(body && { body }),
    ...(rqid && { rqid: rqid.trim() }),
    ...(status && { status_code: Number(status) || -1 }),
  };
}

const CallDialog = ({ call, onClose }: { readonly call: AuditedCall; readonly onClose: () => void }) => (
  <Modal
    opened
    onClose={onClose}
    title={`${call.detail} ${call.path}`}
    size="xl"
    closeButtonProps={{ 'aria-label': 'Close' }}
  >
    <Facts
      facts={[
        ['Time', new Date(call.time).toLocaleString('en-GB')],
        ['User', call.user],
        ['Tenant', call.tenant],
        ['From', call.remote],
        ['Forwarded for', call.request?.forwarded_for],
        ['Request ID', call.rqid],
        ['Result', call.status === undefined ? undefined : <Result key="result" call={call} />],
      ]}
    />
    <Body title="Request" trace={call.request} />
    <Body title="Response" trace={call.response} />
  </Modal>
);

function Body({ title, trace }: { readonly title: string; readonly trace: AuditTrace | undefined }) {
  const text = trace?.error || trace?.body;
  if (!text) return null;
  return (
    <>
      <Text component="h3" size="sm" fw={600} mt="sm">
        {title}
      </Text>
      <pre className="audit-body" tabIndex={0} aria-label={title}>
        {pretty(text)}
      </pre>
    </>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
