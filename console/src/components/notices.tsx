import { Notification, Stack } from '@mantine/core';
import { createContext, useCallback, useContext, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { ApiError } from '../api/client.js';

interface Notice {
  readonly id: number;
  readonly text: string;
  readonly isError: boolean;
}

interface Notices {
  readonly done: (text: string) => void;
  /** Shows what was attempted and why it failed; stays until it is closed. */
  readonly failed: (what: string, error: unknown) => void;
}

const NoticesContext = createContext<Notices>({ done: () => undefined, failed: () => undefined });

/** Milliseconds for which a success is shown. */
const SHOWN = 6000;
let lastId = 0;

export const useNotices = (): Notices => useContext(NoticesContext);

/** Shows short messages in the corner, which screen readers announce. */
export function NoticesProvider({ children }: { readonly children: ReactNode }) {
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const close = useCallback((id: number) => setNotices((all) => all.filter((one) => one.id !== id)), []);
  const value = useMemo<Notices>(() => {
    const add = (text: string, isError: boolean): void => {
      const id = ++lastId;
      setNotices((all) => [...all.slice(-4), { id, text, isError }]);
      if (!isError) setTimeout(() => close(id), SHOWN);
    };
    return {
      done: (text) => add(text, false),
      failed: (what, error) => add(`${what}: ${reasonOf(error)}`, true),
    };
  }, [close]);
  return (
    <NoticesContext value={value}>
      {children}
      <Stack className="notices" gap="xs" role="log" aria-label="Notices">
        {notices.map(({ id, text, isError }) => (
          <Notification
            key={id}
            color={isError ? 'red' : 'green'}
            withBorder
            role={isError ? 'alert' : 'status'}
            onClose={() => close(id)}
            closeButtonProps={{ 'aria-label': 'Close' }}
          >
            {text}
          </Notification>
        ))}
      </Stack>
    </NoticesContext>
  );
}

/** The reason of a refusal, with the request ID under which the server has logged it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  return error.requestId === undefined ? error.message : `${error.message} (request ${error.requestId})`;
}
