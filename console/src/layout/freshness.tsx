import { Badge, Modal, Stack, Button, Text } from '@mantine/core';
import { session } from '../api/session.js';
import { useFreshness, useStore } from '../live/use-live.js';
import { signInAgain } from '../oidc/sign-in.js';

const LABELS = {
  loading: ['blue', 'Loading', 'The current state is arriving.'],
  live: ['green', 'Live', 'The console shows the current state; changes appear at once.'],
  stale: ['orange', 'Reconnecting', 'The connection to the server is lost; the console shows the last known state.'],
  ended: ['red', 'Signed out', 'The server no longer accepts the token.'],
} as const;

/** Whether what the pages show is current. */
export function Freshness() {
  const freshness = useFreshness();
  const store = useStore();
  const [color, label, title] = LABELS[freshness];
  return (
    <>
      <Badge
        className={`freshness freshness-${color}`}
        variant="outline"
        role="status"
        title={store.problem || title}
        miw={62}
      >
        {label}
      </Badge>
      <Modal opened={freshness === 'ended'} onClose={session.end} title="Sign in again" withCloseButton={false}>
        <Stack>
          <Text size="sm">{LABELS.ended[2]}</Text>
          {store.problem !== '' && (
            <Text size="sm" c="dimmed">
              {store.problem}
            </Text>
          )}
          <Button onClick={signInAgain} data-autofocus>
            Sign in
          </Button>
        </Stack>
      </Modal>
    </>
  );
}
