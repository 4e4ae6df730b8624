import { CloseButton, Group, Loader, Text } from '@mantine/core';
import { CommandState } from '../../machines/commands.js';
import { hasEnded } from './use-action.js';
import type { Progress } from './use-action.js';

/** How far the last action is, by its entry in the journal. */
export function ActionProgress({ progress, onClose }: { readonly progress: Progress; readonly onClose: () => void }) {
  const { title, entry } = progress;
  return (
    <Group gap="xs" className="action-progress" role="status" wrap="nowrap">
      {!hasEnded(progress) && <Loader size="xs" role="img" aria-label="in progress" />}
      <Text size="sm">
        {title.replace('…', '')}: {entry ? <CommandState command={entry} /> : 'requested'}
        {entry?.progress && !hasEnded(progress) ? ` – ${entry.progress}` : ''}
        {entry?.error ? ` – ${entry.error}` : ''}
      </Text>
      <CloseButton size="sm" aria-label="Hide the progress" onClick={onClose} />
    </Group>
  );
}
