import { Button, Group, Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.js';
import { useMay } from '../../api/role.js';
import type { Machine } from '../../api/types.js';
import { ActionProgress } from './action-progress.js';
import { DeleteDialog, FreeDialog, PowerDialog, ReinstallDialog, StateDialog } from './dialogs.js';
import { FirmwareDialog } from './firmware-dialog.js';
import { useAction } from './use-action.js';

type Dialog = 'off' | 'reset' | 'cycle' | 'LOCKED' | 'RESERVED' | 'reinstall' | 'firmware' | 'free' | 'delete';

/** Path and journal name of each power command; those that interrupt the machine ask first. */
const POWER = [
  { label: 'Power on', path: 'on', command: 'ON' },
  { label: 'Power off…', path: 'off', command: 'OFF', asks: true },
  { label: 'Reset…', path: 'reset', command: 'RESET', asks: true },
  { label: 'Power-cycle…', path: 'cycle', command: 'CYCLE', asks: true },
] as const;
const BOOT = [
  { label: 'Boot from the network', path: 'pxe', command: 'PXE' },
  { label: 'Boot from disk', path: 'disk', command: 'DISK' },
  { label: 'Boot into the BIOS next time', path: 'bios', command: 'BIOS' },
] as const;
const LED = [
  { label: 'Identify LED on', path: 'chassis-identify-led-on', command: 'LED-ON' },
  { label: 'Identify LED off', path: 'chassis-identify-led-off', command: 'LED-OFF' },
] as const;

type PowerPath = (typeof POWER | typeof BOOT | typeof LED)[number]['path'];

const power = (id: string, path: PowerPath): Promise<unknown> =>
  api('post', `/v1/machine/{id}/power/${path}`, { path: { id }, body: {} });

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
  const item = ({ label, path, command }: { label: string; path: PowerPath; command: string }) => (
    <Menu.Item key={path} onClick={() => void run(label, command, () => power(id, path))}>
      {label}
    </Menu.Item>
  );
  const asked = POWER.find(({ path }) => path === dialog);
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
            {POWER.map((one) =>
              'asks' in one ? (
                <Menu.Item key={one.path} onClick={() => setDialog(one.path)}>
                  {one.label}
                </Menu.Item>
              ) : (
                item(one)
              ),
            )}
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
          title={asked.label.replace('…', '')}
          isBusy={isBusy}
          onClose={close}
          onConfirm={() => void finish(asked.label.replace('…', ''), asked.command, () => power(id, asked.path))}
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
