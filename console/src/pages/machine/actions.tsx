import { Button, Group, Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, call } from '../../api/client.js';
import { useMay } from '../../api/role.js';
import type { Machine } from '../../api/types.js';
import { ActionProgress } from './action-progress.js';
import { DeleteDialog, FreeDialog, PowerDialog, ReinstallDialog, StateDialog } from './dialogs.js';
import { FirmwareDialog } from './firmware-dialog.js';
import { useAction } from './use-action.js';

/** A power, boot or LED command: its name in the journal, and how it is issued. */
interface Command {
  readonly label: string;
  readonly command: string;
  readonly issue: (id: string) => Promise<unknown>;
}

const route =
  (path: 'on' | 'off' | 'reset' | 'cycle' | 'pxe' | 'disk' | 'bios' | `chassis-identify-led-${'on' | 'off'}`) =>
  (id: string): Promise<unknown> =>
    api('post', `/v1/machine/{id}/power/${path}`, { path: { id }, body: {} });

const POWER_ON: Command = { label: 'Power on', command: 'ON', issue: route('on') };
/** They interrupt the machine, so they ask first. */
const INTERRUPTIONS: readonly Command[] = [
  {
    label: 'Shut down',
    command: 'OFF',
    issue: (machine) => call('post', 'commands', { body: { machine, command: 'OFF', graceful: true } }),
  },
  { label: 'Power off', command: 'OFF', issue: route('off') },
  { label: 'Reset', command: 'RESET', issue: route('reset') },
  { label: 'Power-cycle', command: 'CYCLE', issue: route('cycle') },
];
const BOOT: readonly Command[] = [
  { label: 'Boot from the network', command: 'PXE', issue: route('pxe') },
  {
    label: 'Boot from the network next time',
    command: 'PXE',
    issue: (machine) => call('post', 'commands', { body: { machine, command: 'PXE', persistence: 'once' } }),
  },
  { label: 'Boot from disk', command: 'DISK', issue: route('disk') },
  { label: 'Boot into the BIOS next time', command: 'BIOS', issue: route('bios') },
];
const LED: readonly Command[] = [
  { label: 'Identify LED on', command: 'LED-ON', issue: route('chassis-identify-led-on') },
  { label: 'Identify LED off', command: 'LED-OFF', issue: route('chassis-identify-led-off') },
];

type Dialog = Command | 'LOCKED' | 'RESERVED' | 'reinstall' | 'firmware' | 'free' | 'delete';

/** Buttons for everything that the role allows, and the progress of what was done last. */
export function Actions({ machine }: { readonly machine: Machine }) {
  const { id, allocation, state } = machine;
  const [isEditor, isAdmin] = [useMay('editor'), useMay('admin')];
  const [dialog, setDialog] = useState<Dialog>();
  const { run, progress, isBusy, forget } = useAction(id);
  const navigate = useNavigate();
  if (!isEditor) return null;

  const close = (): void => setDialog(undefined);
  /** Runs the action of a dialog, which stays open when it fails. */
  const finish = async (
    title: string,
    command: string | undefined,
    action: () => Promise<unknown>,
  ): Promise<boolean> => {
    const isDone = await run(title, command, action);
    if (isDone) close();
    return isDone;
  };
  const item = ({ label, command, issue }: Command) => (
    <Menu.Item key={label} onClick={() => void run(label, command, () => issue(id))}>
      {label}
    </Menu.Item>
  );
  const asked = typeof dialog === 'object' ? dialog : undefined;
  return (
    <div className="actions">
      <Group gap="xs">
        <Menu>
          <Menu.Target>
            <Button size="xs" variant="default" loading={isBusy && dialog === undefined}>
              Power
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {item(POWER_ON)}
            {INTERRUPTIONS.map((command) => (
              <Menu.Item key={command.label} onClick={() => setDialog(command)}>
                {command.label}…
              </Menu.Item>
            ))}
            <Menu.Divider />
            {BOOT.map(item)}
            <Menu.Divider />
            {LED.map(item)}
          </Menu.Dropdown>
        </Menu>
        <Menu>
          <Menu.Target>
            <Button size="xs" variant="default">
              Manage
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {state.value === '' ? (
              <>
                <Menu.Item onClick={() => setDialog('LOCKED')}>Lock…</Menu.Item>
                <Menu.Item onClick={() => setDialog('RESERVED')}>Reserve…</Menu.Item>
              </>
            ) : (
              <Menu.Item
                onClick={() =>
                  void run('Make available', undefined, () =>
                    api('post', '/v1/machine/{id}/state', {
                      path: { id },
                      body: { value: '', description: '', metal_hammer_version: '' },
                    }),
                  )
                }
              >
                {state.value === 'LOCKED' ? 'Unlock' : 'End the reservation'}
              </Menu.Item>
            )}
            {allocation && <Menu.Item onClick={() => setDialog('reinstall')}>Reinstall…</Menu.Item>}
            {isAdmin && <Menu.Item onClick={() => setDialog('firmware')}>Update firmware…</Menu.Item>}
            {allocation && (
              <Menu.Item color="red" onClick={() => setDialog('free')}>
                Free…
              </Menu.Item>
            )}
            {isAdmin && !allocation && (
              <Menu.Item color="red" onClick={() => setDialog('delete')}>
                Delete from the database…
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </Group>
      {progress && <ActionProgress progress={progress} onClose={forget} />}
      {asked && (
        <PowerDialog
          machine={machine}
          title={asked.label}
          isBusy={isBusy}
          onClose={close}
          onConfirm={() => void finish(asked.label, asked.command, () => asked.issue(id))}
        />
      )}
      {(dialog === 'LOCKED' || dialog === 'RESERVED') && (
        <StateDialog
          machine={machine}
          value={dialog}
          isBusy={isBusy}
          onClose={close}
          onConfirm={(description) =>
            void finish(dialog === 'LOCKED' ? 'Lock' : 'Reserve', undefined, () =>
              api('post', '/v1/machine/{id}/state', {
                path: { id },
                body: { value: dialog, description, metal_hammer_version: '' },
              }),
            )
          }
        />
      )}
      {dialog === 'reinstall' && (
        <ReinstallDialog
          machine={machine}
          isBusy={isBusy}
          onClose={close}
          onConfirm={(imageid) =>
            // The journal has the reboot into PXE that begins the installation.
            void finish('Reinstall', 'reclaim', () =>
              api('post', '/v1/machine/{id}/reinstall', { path: { id }, body: { id, imageid } }),
            )
          }
        />
      )}
      {dialog === 'firmware' && (
        <FirmwareDialog
          machine={machine}
          isBusy={isBusy}
          onClose={close}
          onConfirm={(update) =>
            void finish('Update firmware', 'UPDATE-FIRMWARE', () =>
              api('post', '/v1/machine/update-firmware/{id}', { path: { id }, body: update }),
            )
          }
        />
      )}
      {dialog === 'free' && (
        <FreeDialog
          machine={machine}
          isBusy={isBusy}
          onClose={close}
          onConfirm={() =>
            void finish('Free', 'reclaim', () => api('delete', '/v1/machine/{id}/free', { path: { id } }))
          }
        />
      )}
      {dialog === 'delete' && (
        <DeleteDialog
          machine={machine}
          isBusy={isBusy}
          onClose={close}
          onConfirm={() =>
            void finish('Delete from the database', undefined, () =>
              api('delete', '/v1/machine/{id}', { path: { id } }),
            ).then((isDone) => (isDone ? navigate({ to: '/' }) : undefined))
          }
        />
      )}
    </div>
  );
}
