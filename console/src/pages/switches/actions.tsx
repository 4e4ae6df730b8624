import { Button, Group, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.js';
import { useMay } from '../../api/role.js';
import type { Switch } from '../../api/types.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { FormDialog } from '../../components/form-dialog.js';
import { textIn } from '../../components/form-values.js';
import { useRun } from '../../components/use-run.js';
import { successorsOf, takeoverOf, twinOf } from './ports.js';
import { TakeoverPreview } from './takeover-preview.js';

interface Props {
  readonly leaf: Switch;
  readonly all: readonly Switch[];
}

type Dialog = 'edit' | 'replace' | 'migrate' | 'delete';

const update = (leaf: Switch, change: Partial<Switch>): Promise<unknown> =>
  api('post', '/v1/switch', { body: { id: leaf.id, rack_id: leaf.rack_id, ...change } });

/** Buttons for what the role allows to do with a switch. */
export function SwitchActions({ leaf, all }: Props) {
  const [isEditor, isAdmin] = [useMay('editor'), useMay('admin')];
  const [dialog, setDialog] = useState<Dialog>();
  const { run, isBusy } = useRun();
  const navigate = useNavigate();
  const close = (): void => setDialog(undefined);
  const isReplaced = leaf.mode === 'replace';
  const setMode = async (mode: string): Promise<void> => {
    if (await run(mode === 'replace' ? 'Replace' : 'Cancel the replacement', () => update(leaf, { mode }))) close();
  };
  const remove = async (): Promise<void> => {
    const path = { id: leaf.id };
    if (await run('Delete the switch', () => api('delete', '/v1/switch/{id}', { path })))
      void navigate({ to: '/switches' });
  };
  return (
    <Group gap="xs">
      {isAdmin && <Choice label="Edit…" onClick={() => setDialog('edit')} />}
      {isAdmin &&
        (isReplaced ? (
          <Choice label="Cancel the replacement" onClick={() => void setMode('operational')} />
        ) : (
          <Choice label="Replace…" onClick={() => setDialog('replace')} />
        ))}
      {isAdmin && <Choice label="Migrate…" onClick={() => setDialog('migrate')} />}
      {isEditor && <Choice label="Delete…" isDangerous onClick={() => setDialog('delete')} />}
      {dialog === 'edit' && <EditDialog leaf={leaf} onClose={close} />}
      {dialog === 'replace' && (
        <ReplaceDialog
          leaf={leaf}
          all={all}
          isBusy={isBusy}
          onClose={close}
          onConfirm={() => void setMode('replace')}
        />
      )}
      {dialog === 'migrate' && <MigrateDialog leaf={leaf} all={all} onClose={close} />}
      {dialog === 'delete' && (
        <ConfirmDialog
          title="Delete the switch?"
          verb="Delete"
          isDangerous
          isBusy={isBusy}
          onClose={close}
          onConfirm={() => void remove()}
        >
          <Text size="sm">
            <strong>{leaf.name || leaf.id}</strong> is deleted from the database. The server refuses while machines are
            connected; there are {leaf.connections.length}. A switch that still runs registers anew.
          </Text>
        </ConfirmDialog>
      )}
    </Group>
  );
}

const Choice = (props: { readonly label: string; readonly isDangerous?: boolean; readonly onClick: () => void }) => (
  <Button size="xs" variant="default" className={props.isDangerous ? 'danger' : undefined} onClick={props.onClick}>
    {props.label}
  </Button>
);

interface DialogProps {
  readonly leaf: Switch;
  readonly onClose: () => void;
}

const EditDialog = ({ leaf, onClose }: DialogProps) => (
  <FormDialog
    title={`Edit the switch ${leaf.name || leaf.id}`}
    verb="Save"
    done="The switch was changed."
    fields={[
      { name: 'description', label: 'Description' },
      { name: 'room', label: 'Room' },
      { name: 'console', label: 'Console command', hint: 'how to reach its serial console' },
    ]}
    initial={{
      description: leaf.description ?? '',
      room: leaf.room_id ?? '',
      console: leaf.console_command ?? '',
    }}
    onClose={onClose}
    onSubmit={(values) =>
      update(leaf, {
        description: textIn(values, 'description'),
        room_id: textIn(values, 'room'),
        console_command: textIn(values, 'console'),
      })
    }
  />
);

interface ReplaceProps extends Props {
  readonly isBusy: boolean;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}

/** The new hardware takes everything from the other leaf of the rack when it registers. */
function ReplaceDialog({ leaf, all, ...props }: ReplaceProps) {
  const twin = twinOf(leaf, all);
  return (
    <ConfirmDialog {...props} title="Replace the switch?" verb="Replace" isDangerous>
      <Text size="sm">
        Set this mode, then exchange the hardware. The new switch registers with the same ID and takes over ports, VRFs
        and machines from the other leaf of the rack.
      </Text>
      {twin ? (
        <>
          <Text size="sm">
            Model: <strong>{twin.name || twin.id}</strong>
          </Text>
          <TakeoverPreview takeover={takeoverOf(twin, undefined)} />
        </>
      ) : (
        <Text size="sm" className="bad">
          ✕ The rack {leaf.rack_id} must have exactly one other switch that machines are connected to. The registration
          of the new hardware would be refused.
        </Text>
      )}
    </ConfirmDialog>
  );
}

function MigrateDialog({ leaf, all, onClose }: DialogProps & Props) {
  const successors = successorsOf(leaf, all);
  return (
    <FormDialog
      title={`Migrate ${leaf.name || leaf.id} to another switch`}
      verb="Migrate"
      isDangerous
      done="The machines were migrated. The old switch can be deleted."
      fields={[
        {
          name: 'target',
          label: 'New switch',
          kind: 'select',
          isRequired: true,
          hint: 'registered in the same rack, without machines',
          options: successors.map(({ id, name }) => ({
            value: id,
            label: name && name !== id ? `${name} (${id})` : id,
          })),
        },
      ]}
      initial={{ target: successors.length === 1 ? successors[0]!.id : '' }}
      onClose={onClose}
      onSubmit={(values) =>
        api('post', '/v1/switch/migrate', {
          body: { old_switch_id: leaf.id, new_switch_id: textIn(values, 'target') },
        })
      }
    >
      {(values) => {
        const target = successors.find(({ id }) => id === values['target']);
        if (successors.length === 0) {
          return <Text size="sm">No switch of rack {leaf.rack_id} without machines is registered yet.</Text>;
        }
        return target && <TakeoverPreview takeover={takeoverOf(leaf, target)} />;
      }}
    </FormDialog>
  );
}
