import { createContext, useContext, useMemo, useSyncExternalStore } from 'react';
import type { Kind, Kinds } from '../api/types.js';
import type { CapacityHistory } from '../machines/capacity-history.js';
import type { EntityStore, Freshness } from './entity-store.js';

export const StoreContext = createContext<EntityStore | undefined>(undefined);
export const HistoryContext = createContext<CapacityHistory | undefined>(undefined);

/** The store of the signed-in user. */
export function useStore(): EntityStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error('pages with live data are shown to signed-in users only');
  return store;
}

/** The capacity since the user has signed in. */
export function useCapacityHistory(): CapacityHistory {
  const history = useContext(HistoryContext);
  if (!history) throw new Error('pages with live data are shown to signed-in users only');
  return history;
}

/** Renders again when objects of the kind have changed; returns a number that changes with them. */
export function useVersion(kind: Kind): number {
  const store = useStore();
  return useSyncExternalStore(
    (listener) => store.subscribe(listener),
    () => store.version(kind),
  );
}

/** One object; undefined when it does not exist (yet). */
export function useEntity<K extends Kind>(kind: K, id: string): Kinds[K] | undefined {
  const store = useStore();
  return useSyncExternalStore(
    (listener) => store.subscribe(listener),
    () => store.get(kind, id),
  );
}

/** All objects of a kind, in a new array after each change. */
export function useAll<K extends Kind>(kind: K): readonly Kinds[K][] {
  const store = useStore();
  const version = useVersion(kind);
  return useMemo(() => {
    void version;
    return [...store.all(kind).values()];
  }, [store, kind, version]);
}

/** How current the store is. */
export function useFreshness(): Freshness {
  const store = useStore();
  return useSyncExternalStore(
    (listener) => store.subscribe(listener),
    () => store.freshness,
  );
}
