import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { QueryKey, UseQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Kind } from '../api/types.js';
import { useStore } from './use-live.js';

interface LiveQuery<T> {
  readonly queryKey: QueryKey;
  readonly queryFn: (context: { signal: AbortSignal }) => Promise<T>;
  /** Asks again when objects of these kinds have changed. */
  readonly kinds: readonly Kind[];
  /** Milliseconds between two requests, at least. */
  readonly atMostEvery: number;
  /** Milliseconds after which to ask again in any case; for answers that change with time. */
  readonly atLeastEvery?: number;
  readonly enabled?: boolean;
}

/** A question to the server that is asked again when what it depends on has changed. */
export function useLiveQuery<T>(options: LiveQuery<T>): UseQueryResult<T> {
  const { queryKey, queryFn, kinds, atMostEvery, atLeastEvery, enabled = true } = options;
  const store = useStore();
  const client = useQueryClient();
  const [key, names] = [JSON.stringify(queryKey), kinds.join()];
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const versions = (): string => (names.split(',') as Kind[]).map((kind) => store.version(kind)).join();
    let seen = versions();
    const leave = store.subscribe(() => {
      if (timer !== undefined || versions() === seen) return;
      timer = setTimeout(() => {
        timer = undefined;
        seen = versions();
        void client.invalidateQueries({ queryKey: JSON.parse(key) as QueryKey, exact: true });
      }, atMostEvery);
    });
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, [store, client, key, names, atMostEvery]);
  return useQuery({
    queryKey,
    queryFn,
    enabled,
    staleTime: Infinity,
    refetchInterval: atLeastEvery,
    placeholderData: (old) => old,
  });
}
