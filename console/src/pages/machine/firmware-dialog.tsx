import { Alert, Select, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.js';
import type { Firmwares, IpmiMachine, Machine } from '../../api/types.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { reasonOf } from '../../components/notices.js';

interface Update {
  readonly kind: 'bios' | 'bmc';
  readonly revision: string;
  readonly description: string;
}

interface Props {
  readonly machine: Machine;
  readonly isBusy: boolean;
  readonly onClose: () => void;
  readonly onConfirm: (update: Update) => void;
}

const KINDS = [
  { value: 'bios', label: 'BIOS' },
  { value: 'bmc', label: 'BMC' },
] as const;

/** Chooses one of the stored revisions for the board of a machine. */
export function FirmwareDialog({ onConfirm, ...props }: Props) {
  const { id } = props.machine;
  const [kind, setKind] = useState<Update['kind']>('bios');
  const [revision, setRevision] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const { data, error, isPending } = useQuery({ queryKey: ['firmware', id], queryFn: () => lookUp(id) });
  const revisions = data === undefined ? [] : revisionsFor(data.firmwares, kind);
  return (
    <ConfirmDialog
      {...props}
      title="Update the firmware?"
      verb="Update"
      isDangerous
      isDisabled={revision === null || reason.trim() === ''}
      onConfirm={() => revision !== null && onConfirm({ kind, revision, description: reason.trim() })}
    >
      <Text size="sm">
        The agent of the partition installs the firmware, which may restart BMC and machine. It takes some minutes; the
        journal shows how far it is.
      </Text>
      {error && (
        <Alert color="red" role="alert" title="There is no firmware to choose">
          {reasonOf(error)}
        </Alert>
      )}
      <Select
        label="Kind"
        data={KINDS}
        value={kind}
        allowDeselect={false}
        onChange={(value) => {
          setKind(value === 'bmc' ? 'bmc' : 'bios');
          setRevision(null);
        }}
      />
      <Select
        label="Revision"
        description={data && `${data.board}; installed: ${data.installed[kind] || 'unknown'}`}
        data={revisions}
        value={revision}
        onChange={setRevision}
        placeholder={isPending || revisions.length > 0 ? undefined : 'No revision is stored for this board'}
        required
      />
      <TextInput
        label="Reason"
        required
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
    </ConfirmDialog>
  );
}

/** What is stored for the board of a machine, and what the machine runs. */
async function lookUp(id: string) {
  const machine: IpmiMachine = await api('get', '/v1/machine/{id}/ipmi', { path: { id } });
  const { ipmi, bios } = machine;
  const { board_mfg: vendor = '', board_part_number: board = '' } = ipmi?.fru ?? {};
  if (vendor === '' || board === '')
    throw new Error('the board of the machine is unknown: its BMC has not reported it');
  const firmwares: Firmwares = await api('get', '/v1/firmware', { query: { vendor, board } });
  return { firmwares, board: `${vendor} ${board}`, installed: { bios: bios?.version, bmc: ipmi?.bmcversion } };
}

/** All revisions of a kind in an answer for one board. */
const revisionsFor = ({ revisions }: Firmwares, kind: string): string[] =>
  Object.values(revisions[kind]?.VendorRevisions ?? {})
    .flatMap(({ BoardRevisions }) => Object.values(BoardRevisions).flat())
    .sort();
