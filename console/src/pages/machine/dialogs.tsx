import { Select, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Machine } from '../../api/types.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { ProjectName } from '../../components/names.js';
import { useAll } from '../../live/use-live.js';
import { nameOf } from '../../machines/life-cycle.js';

interface Props<T extends readonly unknown[] = []> {
  readonly machine: Machine;
  readonly isBusy: boolean;
  readonly onClose: () => void;
  readonly onConfirm: (...values: T) => void;
}

const Who = ({ machine }: { readonly machine: Machine }) => (
  <>
    <strong>{nameOf(machine)}</strong>
    {machine.allocation && (
      <>
        {' '}
        of project <ProjectName id={machine.allocation.project} />
      </>
    )}
  </>
);

export const PowerDialog = ({ title, ...props }: Props & { readonly title: string }) => (
  <ConfirmDialog {...props} title={`${title}?`} verb={title} isDangerous>
    <Text size="sm">
      This interrupts <Who machine={props.machine} />.
    </Text>
  </ConfirmDialog>
);

export function StateDialog({
  value,
  onConfirm,
  ...props
}: Props<[string]> & { readonly value: 'LOCKED' | 'RESERVED' }) {
  const [reason, setReason] = useState('');
  const verb = value === 'LOCKED' ? 'Lock' : 'Reserve';
  return (
    <ConfirmDialog
      {...props}
      title={`${verb} the machine?`}
      verb={verb}
      isDisabled={reason.trim() === ''}
      onConfirm={() => onConfirm(reason.trim())}
    >
      <Text size="sm">
        {value === 'LOCKED'
          ? 'A locked machine is neither allocated nor freed.'
          : 'A reserved machine is allocated only by requests that name it.'}
      </Text>
      <TextInput
        label="Reason"
        required
        data-autofocus
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
    </ConfirmDialog>
  );
}

export function ReinstallDialog({ onConfirm, ...props }: Props<[string]>) {
  const images = useAll('image');
  const [image, setImage] = useState<string | null>(props.machine.allocation?.image?.id ?? null);
  return (
    <ConfirmDialog
      {...props}
      title="Reinstall the machine?"
      verb="Reinstall"
      isDangerous
      isDisabled={image === null}
      onConfirm={() => image !== null && onConfirm(image)}
    >
      <Text size="sm">
        The installer erases the primary disk of <Who machine={props.machine} />. Allocation and addresses stay.
      </Text>
      <Select
        label="Image"
        searchable
        allowDeselect={false}
        data={images.map(({ id }) => id).sort()}
        value={image}
        onChange={setImage}
      />
    </ConfirmDialog>
  );
}

export const FreeDialog = (props: Props) => (
  <ConfirmDialog {...props} title="Free the machine?" verb="Free" isDangerous>
    <Text size="sm">
      <Who machine={props.machine} /> loses its allocation and its ephemeral addresses. The machine boots from the
      network, and its disks are erased.
    </Text>
  </ConfirmDialog>
);

export function DeleteDialog(props: Props) {
  const { id } = props.machine;
  const [text, setText] = useState('');
  return (
    <ConfirmDialog
      {...props}
      title="Delete the machine from the database?"
      verb="Delete"
      isDangerous
      isDisabled={text.trim() !== id}
    >
      <Text size="sm">
        This is for a machine that has left the data center. A machine that is still there comes back when it boots.
      </Text>
      <Text size="sm" className="mono">
        {id}
      </Text>
      <TextInput
        label="Type the ID of the machine to confirm"
        data-autofocus
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        autoComplete="off"
      />
    </ConfirmDialog>
  );
}
