import { Text } from '@mantine/core';
import type { Switch } from '../../api/types.js';
import { Ago } from '../../components/time.js';
import { currentError, syncDuration } from './ports.js';

/** When the agent of the switch last applied its configuration, and why it fails to. */
export function SyncState({ leaf }: { readonly leaf: Switch }) {
  const error = currentError(leaf);
  const { last_sync: sync, last_sync_error: failure } = leaf;
  return (
    <>
      {error !== undefined && (
        <Text size="xs" className="bad wrap">
          ✕ {error} (<Ago time={failure?.time} />)
        </Text>
      )}
      <Text size="xs" component="p">
        {sync ? (
          <>
            Last sync <Ago time={sync.time} />, took {syncDuration(sync.duration)}
          </>
        ) : (
          <span className="warn">! Never synced</span>
        )}
      </Text>
    </>
  );
}
