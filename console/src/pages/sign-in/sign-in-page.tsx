import {
  Alert,
  Anchor,
  Button,
  Center,
  Code,
  Divider,
  Loader,
  Paper,
  PasswordInput,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { useState, useSyncExternalStore } from 'react';
import type { FormEvent } from 'react';
import { basePath } from '../../api/base-path.js';
import { checkToken } from '../../api/check-token.js';
import { session } from '../../api/session.js';
import { providers } from '../../oidc/providers.js';
import { beginSignIn, signInState } from '../../oidc/sign-in.js';

/** Signs in with an issuer, or asks for a token, and checks it before the session begins. */
export function SignInPage() {
  const { busy, problem } = useSyncExternalStore(signInState.subscribe, signInState.get);
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" maw={460} w="100%">
        <Stack>
          <Title order={1} size="h2">
            metal-api
          </Title>
          {problem !== undefined && <Problem text={problem} />}
          {busy === undefined ? <Choices /> : <Busy label={busy} />}
          <Text size="sm">
            <Anchor href={`${basePath}swagger`} underline="always">
              API documentation
            </Anchor>
          </Text>
        </Stack>
      </Paper>
    </Center>
  );
}

function Choices() {
  return (
    <>
      {providers.map((provider) => (
        <Button key={`${provider.issuer} ${provider.clientId}`} onClick={() => void beginSignIn(provider)}>
          Sign in with {provider.label}
        </Button>
      ))}
      {providers.length > 0 && <Divider label="or" />}
      <TokenForm />
    </>
  );
}

function TokenForm() {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const isOnly = providers.length === 0;

  const signIn = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      const candidate = token.trim().replace(/^Bearer\s+/i, '');
      await checkToken(candidate);
      session.signIn(candidate);
    } catch (error) {
      setProblem((error as Error).message);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void signIn(event)}>
      <Stack>
        <PasswordInput
          label="Token"
          description={`An API token${isOnly ? ', or a bearer token of your identity provider' : ''}. It is kept in this tab only.`}
          value={token}
          onChange={({ currentTarget }) => setToken(currentTarget.value)}
          autoComplete="off"
          data-autofocus={isOnly}
          autoFocus={isOnly}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the token' }}
        />
        {problem !== undefined && <Problem text={problem} />}
        <Button type="submit" variant={isOnly ? 'filled' : 'default'} loading={isBusy} disabled={token.trim() === ''}>
          {isOnly ? 'Sign in' : 'Sign in with a token'}
        </Button>
        <Text size="sm" c="dimmed">
          Operators create API tokens with <Code>metal-api token --subject NAME --role viewer</Code>.
        </Text>
      </Stack>
    </form>
  );
}

function Busy({ label }: { readonly label: string }) {
  return (
    <Stack align="center" role="status">
      <Loader role="img" aria-label="Waiting" />
      <Text size="sm">Signing in with {label} …</Text>
    </Stack>
  );
}

function Problem({ text }: { readonly text: string }) {
  return (
    <Alert color="red" role="alert" title="Not signed in" className="problem">
      {text}
    </Alert>
  );
}
