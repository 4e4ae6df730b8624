import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useState, useSyncExternalStore } from 'react';
import { nonce } from './api/base-path.js';
import { ApiError } from './api/client.js';
import { session } from './api/session.js';
import { NoticesProvider } from './components/notices.js';
import { LiveData } from './live/live-data.js';
import { SignInPage } from './pages/sign-in/sign-in-page.js';
import { router } from './router.js';
import { cssVariables, theme } from './theme.js';

/** Everything below belongs to one session: another caller begins with empty caches and a new watch. */
export function App() {
  const current = useSyncExternalStore(session.subscribe, session.get);
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      cssVariablesResolver={cssVariables}
      getStyleNonce={() => nonce}
    >
      {current === undefined ? <SignInPage /> : <SignedIn key={current.id} />}
    </MantineProvider>
  );
}

function SignedIn() {
  const [queries] = useState(newQueryClient);
  return (
    <QueryClientProvider client={queries}>
      <NoticesProvider>
        <LiveData>
          <RouterProvider router={router} />
        </LiveData>
      </NoticesProvider>
    </QueryClientProvider>
  );
}

/** Refusals are final; only what may pass by itself is tried again. */
const newQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) =>
          failures < 3 && (!(error instanceof ApiError) || [0, 429, 503].includes(error.status)),
        refetchOnWindowFocus: false,
      },
    },
  });
