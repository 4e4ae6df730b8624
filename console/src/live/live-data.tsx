import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { CapacityHistory } from '../machines/capacity-history.js';
import { EntityStore } from './entity-store.js';
import { HistoryContext, StoreContext } from './use-live.js';
import { keepCurrent } from './watch.js';

/** Keeps a store of all objects current while it is mounted, and provides it to the pages. */
export function LiveData({ children }: { readonly children: ReactNode }) {
  const [store] = useState(() => new EntityStore());
  const [history] = useState(() => new CapacityHistory(store));
  useEffect(() => history.follow(), [history]);
  useEffect(() => {
    const end = new AbortController();
    void keepCurrent(store, end.signal);
    return () => end.abort();
  }, [store]);
  return (
    <StoreContext value={store}>
      <HistoryContext value={history}>{children}</HistoryContext>
    </StoreContext>
  );
}
