import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  readonly title: string;
  /** What the button says: a verb. */
  readonly verb: string;
  readonly isBusy: boolean;
  readonly isDisabled?: boolean;
  /** It destroys something. */
  readonly isDangerous?: boolean;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
  readonly children: ReactNode;
}

/** Asks before something happens; Enter confirms, Escape closes. */
export const ConfirmDialog = (props: Props) => (
  <Modal opened onClose={props.onClose} title={props.title} closeButtonProps={{ 'aria-label': 'Close' }} centered>
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!props.isDisabled && !props.isBusy) props.onConfirm();
      }}
    >
      <Stack gap="sm">
        {props.children}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            color={props.isDangerous ? 'red' : undefined}
            loading={props.isBusy}
            disabled={props.isDisabled}
          >
            {props.verb}
          </Button>
        </Group>
      </Stack>
    </form>
  </Modal>
);
