import { Alert, Button, Center, Loader, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ErrorComponentProps } from '@tanstack/react-router';

export function PageLoading() {
  return (
    <Center h={200}>
      <Loader role="img" aria-label="Loading the page" />
    </Center>
  );
}

export function NotFound() {
  return (
    <Stack align="flex-start">
      <Title order={1} size="h2">
        Page not found
      </Title>
      <Text>The console has no such page.</Text>
      <Link to="/">Back to the fleet</Link>
    </Stack>
  );
}

/** A chunk of a page may be gone after an upgrade of the server; loading the page again gets the new one. */
export function PageError({ error }: ErrorComponentProps) {
  return (
    <Alert color="red" title="This page failed" role="alert">
      <Stack align="flex-start">
        <Text size="sm">{error instanceof Error ? error.message : String(error)}</Text>
        <Button size="xs" variant="default" onClick={() => location.reload()}>
          Reload
        </Button>
      </Stack>
    </Alert>
  );
}
