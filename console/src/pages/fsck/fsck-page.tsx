import { Alert, Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.js';
import { useMay } from '../../api/role.js';
import type { FsckReport } from '../../api/types.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { DataTable, columnsOf } from '../../components/data-table.js';
import { reasonOf } from '../../components/notices.js';
import { PageHead } from '../../components/page-head.js';
import { Panel } from '../../components/panel.js';
import { useRun } from '../../components/use-run.js';
import './fsck.css';

type Finding = FsckReport['findings'][number];

const column = columnsOf<Finding>();
const columns = column.columns([
  column.accessor('invariant', { header: 'Invariant' }),
  column.accessor('message', { header: 'Finding' }),
  column.accessor((finding) => finding.ids.join(), {
    id: 'ids',
    header: 'Documents',
    cell: ({ row }) => <span className="mono wrap">{row.original.ids.join(' ')}</span>,
  }),
  column.accessor((finding) => finding.repair ?? '', {
    id: 'repair',
    header: 'Repair',
    cell: ({ row: { original } }) => original.repair ?? <span className="warn">needs your decision</span>,
  }),
  column.accessor((finding) => finding.outcome ?? '', { id: 'outcome', header: 'Outcome' }),
]);
/** Kinds of objects that are written in capitals. */
const ABBREVIATED: Readonly<Record<string, string>> = { vrfs: 'VRFs', asns: 'ASNs' };
const BY_INVARIANT = [{ id: 'invariant', desc: false }];

const repair = (dryRun: boolean): Promise<FsckReport> =>
  call<FsckReport>('post', 'fsck/repair', { query: { 'dry-run': String(dryRun) }, body: {} });

/** The consistency check: what it finds, what a repair would do, and the repair. */
export function FsckPage() {
  const isAdmin = useMay('admin');
  const check = useQuery({
    queryKey: ['fsck'],
    queryFn: ({ signal }) => call<FsckReport>('get', 'fsck', { signal }),
    staleTime: 0,
  });
  const [result, setResult] = useState<{ readonly title: string; readonly report: FsckReport }>();
  const [asks, setAsks] = useState(false);
  const { run, isBusy } = useRun();
  const report = result?.report ?? check.data;
  const execute = (title: string, dryRun: boolean): Promise<boolean> =>
    run(title, async () => setResult({ title, report: await repair(dryRun) }));
  const repairs = check.data?.findings.filter((finding) => finding.repair !== null).length ?? 0;
  return (
    <>
      <PageHead title="Consistency check">
        <Button
          size="xs"
          variant="default"
          loading={check.isFetching}
          onClick={() => {
            setResult(undefined);
            void check.refetch();
          }}
        >
          Check again
        </Button>
        {isAdmin && (
          <Button size="xs" variant="default" loading={isBusy} onClick={() => void execute('Dry run', true)}>
            Dry run
          </Button>
        )}
        {isAdmin && (
          <Button size="xs" color="red" disabled={repairs === 0} onClick={() => setAsks(true)}>
            Repair…
          </Button>
        )}
      </PageHead>
      {check.error && (
        <Alert color="red" mb="sm" role="alert" title="The check failed">
          {reasonOf(check.error)}
        </Alert>
      )}
      {report && (
        <>
          <Alert
            mb="sm"
            role="status"
            color={report.consistent ? 'green' : 'orange'}
            title={report.consistent ? '✓ No invariant is violated' : `${report.findings.length} findings`}
          >
            {result ? `Result of: ${result.title}. ` : ''}
            {Object.entries(report.examined)
              .map(([kind, count]) => `${count} ${ABBREVIATED[kind] ?? kind}`)
              .join(' · ')}
          </Alert>
          {report.findings.length > 0 && (
            <DataTable
              label="Findings"
              columns={columns}
              rows={report.findings}
              idOf={({ invariant, ids, message }) => `${invariant} ${ids.join()} ${message}`}
              sorting={BY_INVARIANT}
            />
          )}
          <Panel title="What is checked" className="fsck-invariants">
            <dl>
              {Object.entries(report.invariants).map(([name, text]) => {
                const violations = report.findings.filter(({ invariant }) => invariant === name).length;
                return (
                  <div key={name}>
                    <dt className={violations > 0 ? 'bad' : 'good'}>
                      <span aria-hidden>{violations > 0 ? '✕' : '✓'} </span>
                      {name}
                    </dt>
                    <dd>
                      {text}
                      {violations > 0 ? ` (${violations})` : ''}
                    </dd>
                  </div>
                );
              })}
            </dl>
          </Panel>
        </>
      )}
      {!report && !check.error && <Text size="sm">Checking…</Text>}
      {asks && (
        <ConfirmDialog
          title="Repair the database?"
          verb="Repair"
          isDangerous
          isBusy={isBusy}
          onClose={() => setAsks(false)}
          onConfirm={() =>
            void execute('Repair', false).then((isDone) => {
              if (isDone) setAsks(false);
            })
          }
        >
          <Text size="sm">
            {repairs} {repairs === 1 ? 'finding is' : 'findings are'} repaired automatically. Findings that need a
            decision stay. A dry run shows what would happen.
          </Text>
        </ConfirmDialog>
      )}
    </>
  );
}
