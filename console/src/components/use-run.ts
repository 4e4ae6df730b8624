import { useCallback, useState } from 'react';
import { useNotices } from './notices.js';

/** Runs actions, and shows what came of them. */
export function useRun(): {
  /** Resolves to whether the action succeeded. */
  readonly run: (title: string, action: () => Promise<unknown>) => Promise<boolean>;
  readonly isBusy: boolean;
} {
  const notices = useNotices();
  const [isBusy, setBusy] = useState(false);
  const run = useCallback(
    async (title: string, action: () => Promise<unknown>) => {
      setBusy(true);
      try {
        await action();
        notices.done(`${title}: done`);
        return true;
      } catch (error) {
        notices.failed(title, error);
        return false;
      } finally {
        setBusy(false);
      }
    },
    [notices],
  );
  return { run, isBusy };
}
